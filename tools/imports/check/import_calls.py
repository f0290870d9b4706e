"""Finds the modules that a source imports by a function: `import_module("a.b")` and its kind.

Only what a literal names is seen.
"""

import ast
from collections.abc import Iterator, Sequence

from tools.imports.check.guards import last_name

# Each function, with the keyword of the argument that names the module.
FUNCTIONS = {
    "__import__": "name",
    "find_spec": "name",
    "import_module": "name",
    "importorskip": "modname",
    "resolve_name": "name",
    "run_module": "mod_name",
}
# They are happy where the module is missing.
PROBES = {"find_spec", "importorskip"}
# Names that others use too, so the module they are taken from counts.
OWNERS = {"resolve_name": "pkgutil", "run_module": "runpy"}
MODULES = {"builtins", "importlib", "importlib.util", "pkgutil", "pytest", "runpy"}
LEVEL_POSITION = 4


class Called:
    """A module that a call names."""

    __slots__ = ("is_probe", "is_question", "level", "module", "name", "package")

    def __init__(self, function: str, text: str) -> None:
        self.is_probe = function in PROBES
        self.is_question = function == "find_spec"
        stripped = text.lstrip(".")
        self.level = len(text) - len(stripped)
        self.module, self.name = stripped, ""
        self.package: list[str] | None = None
        """The package that a relative name starts from; None for the source's own."""
        if function == "resolve_name":
            module, colon, _ = stripped.partition(":")
            above, _, last = module.rpartition(".")
            named_alone = colon or not above
            self.module, self.name = (module, "") if named_alone else (above, last)


class ImportingCalls:
    """The names that a source has for the importing functions."""

    def __init__(self, tree: ast.Module) -> None:
        self._names = {name: name for name in FUNCTIONS if name not in OWNERS}
        self._modules = {module: module for module in OWNERS.values()}
        for node in ast.walk(tree):
            match node:
                case ast.ImportFrom(module=module) if module in MODULES:
                    for alias in node.names:
                        if OWNERS.get(alias.name, module) == module:
                            self._take(alias.asname or alias.name, alias.name)
                case ast.Import():
                    for alias in node.names:
                        if alias.asname and alias.name in MODULES:
                            self._modules[alias.asname] = alias.name
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self._take(name, self._function(value))

    def _take(self, name: str, function: str) -> None:
        if function in FUNCTIONS:
            self._names[name] = function

    def _function(self, node: ast.expr) -> str:
        """Return which importing function an expression is; nothing for another."""
        match node:
            case ast.Name():
                return self._names.get(node.id, "")
            case ast.Attribute():
                owner = OWNERS.get(node.attr)
                base = self._modules.get(last_name(node.value))
                known = node.attr in FUNCTIONS and owner in (None, base)
                return node.attr if known else ""
        return ""

    def named_in(self, node: ast.AST) -> Iterator[tuple[ast.Call, Called]]:
        """Yield the calls in an expression, with the module that each names."""
        for call in ast.walk(node):
            if isinstance(call, ast.Call):
                called = self._read(call)
                if called:
                    yield call, called

    def _read(self, call: ast.Call) -> Called | None:
        function = self._function(call.func)
        text = _text(call, 0, FUNCTIONS[function]) if function else ""
        if not text:
            return None
        called = Called(function, text)
        package = _text(call, 1, "package")
        if package and function in {"find_spec", "import_module"}:
            called.package = package.split(".")
        level = _argument(call, LEVEL_POSITION, "level")
        if function == "__import__" and isinstance(level, ast.Constant):
            called.level = level.value if isinstance(level.value, int) else 0
        return called


def _argument(call: ast.Call, position: int, keyword: str) -> ast.expr | None:
    given: Sequence[ast.expr] = call.args[position : position + 1]
    named = [word.value for word in call.keywords if word.arg == keyword]
    return next(iter([*given, *named]), None)


def _text(call: ast.Call, position: int, keyword: str) -> str:
    """Return the literal that an argument is; nothing where it is none."""
    match _argument(call, position, keyword):
        case ast.Constant(value=str(text)):
            return text
    return ""
