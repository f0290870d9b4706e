"""Reads BUILD files without Bazel: the calls that are written, and what they make.

A macro of this repository is followed into its .bzl file; so what it makes is known too.
A rule of another repository is taken for what its name says.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping

from tools.build_files.packages import Packages
from tools.build_files.starlark import (
    BUILTINS,
    UNKNOWN,
    Failure,
    StarlarkError,
    Text,
    Unknown,
    UnknownValueError,
    describe,
    loads_of,
    parse,
    run,
    symbols_of,
)
from tools.workspace.labels import (
    absolute_label,
    import_root,
    path_of,
    pip_label,
    split_label,
)

BUILD = "BUILD.bazel"
KEEP = re.compile(r"#\s*bazel: keep\b[\s:,;-]*(.*)")
# Macros that are taken for rules: pytest runs the files in their `srcs`.
TEST_RULES = frozenset({"pytest_test"})
# Rules whose `srcs` are a target's own code.
CODE_RULES = TEST_RULES | {"py_binary", "py_library", "py_test"}
# Calls that need no name to say something.
OF_PACKAGE = frozenset({"exports_files", "package"})
# Names that no file can write.
_TEXTS = " texts"
_CALL = " call"


class Call:
    """A call with a name: as it is written, or of a rule that it comes down to."""

    __slots__ = ("attributes", "function", "name", "node", "package")

    def __init__(
        self, function: str, attributes: dict[str, object], node: ast.Call, package: str
    ) -> None:
        self.function = function
        self.attributes = attributes
        self.node = node
        """The call in the BUILD file, be it of the macro around this one."""
        self.package = package
        self.name = str(attributes.get("name") or "")

    @property
    def label(self) -> str:
        """The target, as others name it."""
        return absolute_label(f":{self.name}", self.package)

    @property
    def import_roots(self) -> list[str]:
        """The folders that it puts on the import path; empty for the root, which is there already."""
        return [import_root(self.package, text) for text in self.strings("imports")]

    def strings(self, key: str) -> list[Text]:
        """Return the known strings of an attribute, branches of a select included."""
        return [
            value if isinstance(value, Text) else Text(value, *self._place())
            for value in _values(self.attributes.get(key))
            if isinstance(value, str) and UNKNOWN not in value
        ]

    def is_known(self, key: str) -> bool:
        """Return whether the text gives all of an attribute."""
        return not any(
            isinstance(value, Unknown) or (isinstance(value, str) and UNKNOWN in value)
            for value in _values(self.attributes.get(key))
        )

    def _place(self) -> tuple[int, int]:
        return self.node.lineno, self.node.col_offset + 1


def _values(value: object) -> Iterator[object]:
    if isinstance(value, (list, tuple)):
        for part in value:
            yield from _values(part)
    elif isinstance(value, dict):
        yield from _values([*value.keys(), *value.values()])
    else:
        yield value


class BuildFile:
    """One BUILD file."""

    def __init__(self, text: str, path: str, reader: Reader | None = None) -> None:
        """Read it.

        Args:
            text: what it says.
            path: where it is, from the root.
            reader: what knows the files around it; without one, globs take nothing and
                macros stay what is written.

        Raises:
            StarlarkError: it is no Starlark.
        """
        self.path = path
        self.package = path.rpartition("/")[0]
        self.lines = text.splitlines()
        self.calls: list[Call] = []
        """What is written."""
        self.targets: list[Call] = []
        """What that makes."""
        self.failures: list[Failure] = []
        """What could not be followed."""
        self._site: ast.Call | None = None
        tree = parse(text, path)
        self._nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        self._run(text, reader or Reader(Packages([]), {}))

    def _run(self, text: str, reader: Reader) -> None:
        # A tree of its own: edits need the other as it is written.
        tree = ast.parse(text, self.path)
        loads = list(loads_of(tree))
        names = reader.names_for(loads, self.package, self)
        names |= {_TEXTS: _mark(tree), _CALL: self._call}
        self.failures += run(tree, names, lambda name: Unknown(name, self.make))

    def _call(
        self,
        number: int,
        function: Callable[..., object],
        /,
        *rest: object,
        **named: object,
    ) -> object:
        """Call a function that the file names; its outermost calls are what is written."""
        node = self._nodes[number]
        if self._site:
            return function(*rest, **named)
        is_written = bool(named.get("name")) or ast.unparse(node.func) in OF_PACKAGE
        if is_written:
            written = {str(place): value for place, value in enumerate(rest)} | named
            self.calls.append(Call(ast.unparse(node.func), written, node, self.package))
        self._site = node
        try:
            return function(*rest, **named)
        except Exception as error:  # whatever a macro may do wrong
            if not is_written:
                raise
            symbols = symbols_of(function)
            self.failures.append(Failure(node.lineno, describe(error), symbols))
            return None
        finally:
            self._site = None

    def make(
        self, rule: str, arguments: tuple[object, ...], named: dict[str, object]
    ) -> None:
        """Note what a call of a rule makes."""
        if self._site and (named.get("name") or rule in OF_PACKAGE):
            attributes = {str(place): value for place, value in enumerate(arguments)}
            attributes |= {key: _copy(value) for key, value in named.items()}
            self.targets.append(Call(rule, attributes, self._site, self.package))

    def call_of(self, name: str) -> Call | None:
        """Return the call that makes a target, by itself or through a macro."""
        best = None
        for call in self.calls:
            if call.name == name:
                return call
            made = call.name and name.startswith(call.name) and name[len(call.name)]
            if (
                made
                and made in "._-/"
                and len(call.name) > len(best.name if best else "")
            ):
                best = call
        return best

    def find(self, call: Call, key: str, label: str) -> Text | None:
        """Return where a call names a label in a list, however it is spelled."""
        for text in call.strings(key):
            if absolute_label(text, self.package) == label:
                return text
        return None

    def keep_reason(self, text: Text) -> str | None:
        """Return the reason of a `# bazel: keep` at a string, or None without one."""
        for number in (text.line, text.line - 1):
            line = self.lines[number - 1] if number else ""
            found = KEEP.search(line)
            own_line = number == text.line or line.lstrip().startswith("#")
            if found and own_line:
                return found[1].strip()
        return None


def _copy(value: object) -> object:
    return list(value) if isinstance(value, list) else value


def _mark(tree: ast.Module) -> list[Text]:
    """Have a tree's strings know where they are written, and its calls where they stand.

    A string becomes its place in the list that is returned, and a call goes by way of
    `BuildFile._call`, with its number in the order of `ast.walk`.
    """
    texts: list[Text] = []
    todo: list[ast.AST] = [tree]
    calls = 0
    for node in todo:
        for field, value in list(ast.iter_fields(node)):
            children = value if isinstance(value, list) else [value]
            for place, child in enumerate(children):
                if isinstance(child, ast.Constant) and isinstance(child.value, str):
                    children[place] = _text(child, texts)
                elif isinstance(child, ast.AST):
                    todo.append(child)
            if children is not value:
                setattr(node, field, children[0])
        if isinstance(node, ast.Call):
            number = ast.Constant(calls, lineno=node.lineno, col_offset=node.col_offset)
            node.args[:0] = [number, node.func]
            node.func = _name(_CALL, node)
            calls += 1
    return texts


def _text(node: ast.Constant, texts: list[Text]) -> ast.expr:
    texts.append(Text(str(node.value), node.lineno, node.col_offset + 1))
    at = {"lineno": node.lineno, "col_offset": node.col_offset}
    index = ast.Constant(len(texts) - 1, **at)
    return ast.Subscript(_name(_TEXTS, node), index, ast.Load(), **at)


def _name(name: str, node: ast.expr) -> ast.Name:
    return ast.Name(name, ast.Load(), lineno=node.lineno, col_offset=node.col_offset)


class Reader:
    """Reads BUILD files that may load from one another's folders."""

    def __init__(self, packages: Packages, starlark: Mapping[str, str]) -> None:
        """Begin.

        Args:
            packages: the files that globs take from.
            starlark: the text of each .bzl file, by its path.
        """
        self.packages = packages
        self._starlark = starlark
        self._modules: dict[str, dict[str, object]] = {}
        self._current: BuildFile | None = None

    def names_for(
        self,
        loads: list[tuple[str, dict[str, str]]],
        package: str,
        current: BuildFile | None = None,
    ) -> dict[str, object]:
        """Return what a file of a package can use: Bazel's functions, and what it loads."""
        self._current = current or self._current
        found = dict(BUILTINS)
        native = {
            "glob": self._glob,
            "package_name": lambda: self._package,
            "package_relative_label": self._label(None),
            "repository_name": lambda: "@",
        }
        found |= native
        found["native"] = _Native(native, self._unknown)
        found["Label"] = self._label(package)
        for label, symbols in loads:
            for name, symbol in symbols.items():
                found[name] = self._loaded(absolute_label(label, package), symbol)
        return found

    @property
    def _package(self) -> str:
        return self._current.package if self._current else ""

    def _unknown(self, name: str) -> Unknown:
        return Unknown(name, self._make)

    def _make(
        self, rule: str, arguments: tuple[object, ...], named: dict[str, object]
    ) -> None:
        if self._current:
            self._current.make(rule, arguments, named)

    def _label(self, package: str | None) -> Callable[[str], str]:
        return lambda text: absolute_label(
            text, self._package if package is None else package
        )

    def _glob(
        self,
        include: list[str],
        exclude: list[str] | None = None,
        *_: object,
        **__: object,
    ) -> list[str]:
        patterns = [*include, *(exclude or [])]
        if any(not isinstance(p, str) or UNKNOWN in p for p in patterns):
            raise UnknownValueError("a pattern of glob")
        return self.packages.glob(self._package, include, exclude or [])

    def _loaded(self, label: str, symbol: str) -> object:
        """Return what a file gives by a name; what is no function or value is a rule."""
        if label == "@pip//:requirements.bzl":
            # All of what it lists is outside, and owns no file of this repository.
            return _requirement if symbol == "requirement" else []
        path = path_of(label) if label.startswith("//") else ""
        if symbol in TEST_RULES or path not in self._starlark:
            return self._unknown(symbol)
        value = self._module(label, path).get(symbol)
        if value is None or isinstance(value, Unknown):
            return self._unknown(symbol)
        return value

    def _module(self, label: str, path: str) -> dict[str, object]:
        if path not in self._modules:
            self._modules[path] = {}
            try:
                tree = parse(self._starlark[path], path)
            except StarlarkError:
                return {}  # Bazel itself reports a syntax error, and better.
            names = self.names_for(list(loads_of(tree)), split_label(label)[0])
            run(tree, names, self._unknown)
            self._modules[path] = names
        return self._modules[path]


class _Native:
    """Bazel's own rules and functions, for macros."""

    def __init__(
        self, known: Mapping[str, object], unknown: Callable[[str], Unknown]
    ) -> None:
        self._known = known
        self._unknown = unknown

    def __getattr__(self, name: str) -> object:
        return self._known.get(name) or self._unknown(name)


def _requirement(name: str) -> str:
    label = pip_label(name)
    return Text(label, name.line, name.column) if isinstance(name, Text) else label
