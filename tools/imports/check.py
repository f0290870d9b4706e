"""Checks the imports of one target against its deps; a build action.

Invoked by Bazel as: check --report=FILE --edits=FILE --unused-inputs=FILE
--target=LABEL [--source=PATH_FROM_ROOT=FILE]… [--root=FOLDER]… [--deps=INDEX]…
[--pyi_deps=INDEX]… [--closure=INDEX]… [--package=PATH_FROM_ROOT=FILE]…
[--denied=RULE|PREFIX|WHY]… --repository=FILE --distributions=FILE [--build-file=FILE]

It writes a report, and the edits of deps that would mend it, and succeeds whatever it
finds. What only an explanation needs (the last three) is named in the file of unused
inputs where there is nothing to explain, so that no change of the repository around it
runs the check again; so are those `__init__.py` of deps (`--package`) that no import
asks for a name.
"""

from collections.abc import Sequence

from tools.imports.modules import Index
from tools.imports.resolve import (
    Target,
    Usage,
    covered_sources,
    resolve,
    unused_deps,
)
from tools.imports.sources import (
    Import,
    SourceSyntaxError,
    mentioned_modules,
    package_of,
    parse_imports,
)

EXPLAINING = ("repository", "distributions", "build-file")


def read(file: str) -> bytes:
    """Return what a file holds."""
    with open(file, "rb") as opened:
        return opened.read()


def read_indexes(options: dict[str, list[str]]) -> dict[str, list[Index]]:
    """Return the indexes of `deps` and `pyi_deps`, and of all below them."""
    return {
        key: [Index(read(file).decode()) for file in options.get(key, [])]
        for key in ("deps", "pyi_deps", "closure")
    }


def read_options(argv: Sequence[str]) -> dict[str, list[str]]:
    """Return the values of each option."""
    options: dict[str, list[str]] = {}
    for argument in argv:
        name, _, value = argument.removeprefix("--").partition("=")
        options.setdefault(name, []).append(value)
    return options


class Sources:
    """A target's own sources, read."""

    def __init__(self, pairs: Sequence[str], roots: Sequence[str]) -> None:
        self.files = dict(pair.split("=", 1) for pair in pairs)
        self.roots = roots
        self.texts: dict[str, bytes] = {}
        self.imports: list[tuple[str, Import]] = []
        self.broken: list[tuple[str, SourceSyntaxError]] = []

    def parse(self, skipped: set[str]) -> None:
        """Parse all but what is checked elsewhere."""
        for path, file in self.files.items():
            if path in skipped or not path.endswith((".py", ".pyi")):
                continue
            text = self.texts[path] = read(file)
            package = package_of(self._from_import_root(path))
            is_stub = path.endswith(".pyi")
            try:
                found = parse_imports(text, package, is_stub=is_stub)
            except SourceSyntaxError as error:
                self.broken.append((path, error))
            else:
                self.imports += [(path, imported) for imported in found]

    def _from_import_root(self, path: str) -> str:
        for root in sorted(self.roots, key=len, reverse=True):
            if path.startswith(root + "/"):
                return path.removeprefix(root + "/")
        return path

    def mentions(self) -> set[str]:
        """Return the strings that may name a module."""
        broken = {path for path, _ in self.broken}
        return {
            name
            for path, text in self.texts.items()
            if path not in broken
            for name in mentioned_modules(text)
        }


class Packages:
    """The `__init__.py` of a target and of its deps, read when a name is asked of one."""

    def __init__(self, own: dict[str, str], pairs: Sequence[str]) -> None:
        self.files = dict(pair.split("=", 1) for pair in pairs)
        self.unread = set(self.files.values())
        self._own = own

    def may_bind(self, path: str, name: str) -> bool:
        """Return whether a package may have a name besides its submodules."""
        file = self._own.get(path) or self.files.get(path)
        if not file:
            return True
        # Few targets import a name of a package.
        from tools.imports.bound_names import may_bind  # noqa: PLC0415

        self.unread.discard(file)
        return may_bind(read(file), name)


def denials(target: Target, denied: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return rule, label and reason of all that the target has and may not have."""
    found = []
    for entry in denied:
        rule, prefix, why = entry.split("|", 2)
        for label in sorted(target.indexes):
            if label == prefix or label.startswith((prefix + ":", prefix + "/")):
                found.append((rule, label, why))
    return found


def check(
    options: dict[str, list[str]],
) -> tuple[str, str, list[str]]:
    """Return the report, the edits, and the inputs that were not needed.

    What explains may be read and clear a dep: by a reason to keep it, or in a branch of
    a select.
    """
    roots = options.get("root", [])
    sources = Sources(options.get("source", []), roots)
    packages = Packages(sources.files, options.get("package", []))
    indexes = read_indexes(options)
    target = Target(options["target"][0], sources.files, roots, indexes)
    sources.parse(covered_sources(target)[0])
    usage = resolve(target, sources.imports, packages.may_bind)
    unused = [] if sources.broken else unused_deps(target, usage, set())
    if unused:
        unused = unused_deps(target, usage, sources.mentions())
    denied = denials(target, options.get("denied", []))
    needless = sorted(packages.unread)
    if not (sources.broken or usage.problems or unused or denied):
        needless += [file for key in EXPLAINING for file in options.get(key, [])]
        return "", "", needless
    return *explain(options, target, sources, (usage, unused, denied)), needless


def explain(
    options: dict[str, list[str]],
    target: Target,
    sources: Sources,
    found: tuple[Usage, list[tuple[str, str]], list[tuple[str, str, str]]],
) -> tuple[str, str]:
    """Return the report of what was found, and the edits."""
    # Only a finding needs these, and importing them takes as long as the check.
    from tools.findings.finding import format_report  # noqa: PLC0415
    from tools.imports.explain import Explainer  # noqa: PLC0415

    usage, unused, denied = found
    explainer = Explainer(target, options)
    findings = [
        explainer.syntax(path, sources.texts[path], error)
        for path, error in sources.broken
    ]
    findings += explainer.imports(usage.problems)
    findings += explainer.unused(unused)
    findings += [explainer.forbidden(*denial) for denial in denied]
    return format_report(findings), explainer.format_edits()


def main(argv: Sequence[str]) -> int:
    """Check one target."""
    options = read_options(argv)
    report, edits, needless = check(options)
    unused = "".join(file + "\n" for file in needless)
    for name, text in [("report", report), ("edits", edits), ("unused-inputs", unused)]:
        with open(options[name][0], "w", encoding="utf-8") as output:
            output.write(text)
    return 0
