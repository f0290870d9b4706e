"""Holds the imports of one target against its deps; a build action.

Invoked by Bazel as: check --report=FILE --edits=FILE --unused-inputs=FILE
--target=LABEL [--source=PATH_FROM_ROOT=FILE]… [--root=FOLDER]… [--direct=INDEX]…
[--closure=INDEX]… [--denied=RULE|PREFIX|WHY]… --repository=FILE --distributions=FILE
[--build-file=FILE]

It writes a report, and the edits of deps that would mend it, and succeeds whatever it
finds. What only an explanation needs
(the last three) is named in the file of unused inputs where there is nothing to
explain, so that no change of the repository around it runs the check again.
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
    mentioned_modules,
    package_of,
    parse_imports,
)

EXPLAINING = ("repository", "distributions", "build-file")


def read(file: str) -> str:
    """Return a file's text."""
    with open(file, encoding="utf-8") as opened:
        return opened.read()


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
        self.texts: dict[str, str] = {}
        self.imports: list[tuple[str, Import]] = []
        self.broken: list[tuple[str, SyntaxError]] = []

    def parse(self, skipped: set[str]) -> None:
        """Parse all but what is checked elsewhere."""
        for path, file in self.files.items():
            if path in skipped or not path.endswith((".py", ".pyi")):
                continue
            text = self.texts[path] = read(file)
            package = package_of(self._from_import_root(path))
            try:
                found = parse_imports(text, package)
            except SyntaxError as error:
                self.broken.append((path, error))
            else:
                self.imports += [(path, imported) for imported in found]

    def _from_import_root(self, path: str) -> str:
        for root in self.roots:
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


def denials(target: Target, denied: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return rule, label and reason of all that the target has and may not have."""
    found = []
    for entry in denied:
        rule, prefix, why = entry.split("|", 2)
        for label in sorted(target.indexes):
            if label == prefix or label.startswith((prefix + ":", prefix + "/")):
                found.append((rule, label, why))
    return found


def check(options: dict[str, list[str]]) -> tuple[str, str, bool]:
    """Return the report, the edits, and whether what explains was read.

    It may be read and clear a dep: by a reason to keep it, or in a branch of a select.
    """
    roots = options.get("root", [])
    sources = Sources(options.get("source", []), roots)
    direct = [Index(read(file)) for file in options.get("direct", [])]
    closure = [Index(read(file)) for file in options.get("closure", [])]
    target = Target(options["target"][0], sources.files, roots, (direct, closure))
    sources.parse(covered_sources(target)[0])
    usage = resolve(target, sources.imports)
    unused = [] if sources.broken else unused_deps(target, usage, set())
    if unused:
        unused = unused_deps(target, usage, sources.mentions())
    denied = denials(target, options.get("denied", []))
    if not (sources.broken or usage.problems or unused or denied):
        return "", "", False
    return *explain(options, target, sources, (usage, unused, denied)), True


def explain(
    options: dict[str, list[str]],
    target: Target,
    sources: Sources,
    found: tuple[Usage, list[str], list[tuple[str, str, str]]],
) -> tuple[str, str]:
    """Return the report of what was found, and the edits."""
    # Only a finding needs these, and importing them takes as long as the check.
    from tools.findings.finding import Finding, format_report  # noqa: PLC0415
    from tools.imports.explain import Explainer  # noqa: PLC0415

    usage, unused, denied = found
    explainer = Explainer(target, options)
    findings = [
        Finding(
            path,
            error.lineno or 0,
            error.offset or 0,
            "imports/syntax",
            f"is not Python: {error.msg}.",
            "correct it.",
            target.label,
        )
        for path, error in sources.broken
    ]
    findings += explainer.imports(usage.problems)
    findings += explainer.unused(unused)
    findings += [explainer.forbidden(*denial) for denial in denied]
    edits = [f"{verb} {target.label} {label}\n" for verb, label in explainer.edits]
    return format_report(findings), "".join(sorted(edits))


def main(argv: Sequence[str]) -> int:
    """Check one target."""
    options = read_options(argv)
    report, edits, is_read = check(options)
    needless = [] if is_read else [f for k in EXPLAINING for f in options.get(k, [])]
    unused = "".join(file + "\n" for file in needless)
    for name, text in [("report", report), ("edits", edits), ("unused-inputs", unused)]:
        with open(options[name][0], "w", encoding="utf-8") as output:
            output.write(text)
    return 0
