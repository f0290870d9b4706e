"""Checks the imports of one target against its deps; a build action.

Invoked by Bazel as: check REQUEST_LINE…, see request.py

It writes a report, and succeeds whatever it finds. What only an explanation needs is
named in the file of unused inputs where there is nothing to explain, so that no change
of the repository around it runs the check again; so are those `__init__.py` of deps
that no import asks for a name.
"""

from collections.abc import Mapping, Sequence

from tools.imports.check.request import Request
from tools.imports.check.resolve import (
    Target,
    Usage,
    covered_sources,
    resolve,
    unused_deps,
)
from tools.imports.check.sources import (
    Import,
    SourceSyntaxError,
    import_package,
    mentioned_modules,
    parse_imports,
)
from tools.imports.index.modules import Index
from tools.workspace.labels import is_below


def read(file: str) -> bytes:
    """Return what a file holds."""
    with open(file, "rb") as opened:
        return opened.read()


class Sources:
    """A target's own sources, read."""

    def __init__(self, files: Mapping[str, str], roots: Sequence[str]) -> None:
        self.files = files
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
            package = import_package(self._from_import_root(path))
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

    def __init__(self, own: Mapping[str, str], others: Mapping[str, str]) -> None:
        self.unread = set(others.values())
        self._files = {**others, **own}

    def may_bind(self, path: str, name: str) -> bool:
        """Return whether a package may have a name besides its submodules."""
        file = self._files.get(path)
        if not file:
            return True
        # Few targets import a name of a package.
        from tools.imports.check.bound_names import may_bind  # noqa: PLC0415

        self.unread.discard(file)
        return may_bind(read(file), name)


class Found:
    """Everything that is wrong with a target."""

    def __init__(self, request: Request, target: Target, packages: Packages) -> None:
        self.sources = Sources(request.sources, request.roots)
        self.sources.parse(covered_sources(target)[0])
        usage = resolve(target, self.sources.imports, packages.may_bind)
        self.problems = usage.problems
        self.unused = self._unused(target, usage)
        self.denied = [
            (denial["rule"], label, denial["why"])
            for denial in request.denied
            for label in sorted(target.indexes)
            if is_below(label, denial["prefix"])
        ]

    def _unused(self, target: Target, usage: Usage) -> list[tuple[str, str]]:
        if self.sources.broken or not unused_deps(target, usage, set()):
            return []
        # Strings are read only where they can keep a dep.
        return unused_deps(target, usage, self.sources.mentions())

    def __bool__(self) -> bool:
        """Return whether there is anything to explain, be it that a reason clears it."""
        found = (self.sources.broken, self.problems, self.unused, self.denied)
        return any(found)


def explain(request: Request, target: Target, found: Found) -> str:
    """Return the report of what was found."""
    # Only a finding needs these, and importing them takes as long as the check.
    from tools.findings.finding import format_report  # noqa: PLC0415
    from tools.imports.check.explain import Explainer  # noqa: PLC0415

    explainer = Explainer(target, **request.explaining)
    findings = [
        explainer.syntax(path, found.sources.texts[path], error)
        for path, error in found.sources.broken
    ]
    findings += explainer.imports(found.problems)
    findings += explainer.unused(found.unused)
    findings += [explainer.forbidden(*denial) for denial in found.denied]
    return format_report(findings)


def check(request: Request) -> dict[str, str]:
    """Return the text of each output: `report` and `unused_inputs`."""
    indexes = {
        kind: [Index(read(file).decode()) for file in files]
        for kind, files in request.indexes.items()
    }
    target = Target(request.target, request.sources, request.roots, indexes)
    packages = Packages(request.sources, request.packages)
    found = Found(request, target, packages)
    report = explain(request, target, found) if found else ""
    unused = sorted(packages.unread)
    if not found:
        unused += request.explaining.values()
    lines = "".join(f"{file}\n" for file in unused)
    return {"report": report, "unused_inputs": lines}


def main(argv: Sequence[str]) -> int:
    """Check one target."""
    request = Request(argv)
    for name, text in check(request).items():
        with open(request.outputs[name], "w", encoding="utf-8") as output:
            output.write(text)
    return 0
