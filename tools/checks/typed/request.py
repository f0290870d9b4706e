"""What one check of types is asked, and its answer: a report and an archive."""

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mypy.modulefinder import BuildSource
from mypy.options import Options

from tools.checks.typed.analysis import Analysis, analyse
from tools.checks.typed.archive import Archive, Contents, write_archive
from tools.checks.typed.file_view import (
    LOCK,
    REPOSITORY,
    StaleTypesError,
    folders_of,
)
from tools.checks.typed.travel import rows_to_travel, travelled_modules
from tools.findings.finding import Finding, format_report
from tools.source_text.decoding import SourceError, read_python

# A syntax error comes as text whatever the form asked for.
PLAIN = re.compile(
    r"(?P<path>[^:]+):(?P<line>\d+)(:(?P<column>\d+))?: error: (?P<text>.*?)"
    r"(  \[(?P<code>[\w-]+)\])?"
)
NOTE = "note"


class MypyError(Exception):
    """mypy could not do its work."""


@dataclass(frozen=True)
class Request:
    """One target's check."""

    target: str
    report: Path
    output: Path
    settings: Path
    sources: tuple[str, ...]
    below: tuple[str, ...]
    """The archives of all that the target stands on, the lock's last."""
    roots: tuple[str, ...]
    """Folders on the import path besides the repository's root."""
    is_reported: bool
    """False where the target switches the check off: its types still travel."""


def parse_request(argv: Sequence[str]) -> Request:
    """Return what the arguments of the action say."""
    options: dict[str, list[str]] = {}
    for argument in argv:
        name, _, value = argument.partition("=")
        options.setdefault(name, []).append(value)
    return Request(
        target=options["--target"][0],
        report=Path(options["--report"][0]),
        output=Path(options["--output"][0]),
        settings=Path(options["--config"][0]),
        sources=tuple(options["--source"]),
        below=tuple(options.get("--types", [])),
        roots=tuple(options.get("--root", [])),
        is_reported="--silent" not in options,
    )


def module_of(source: str, roots: Sequence[str]) -> str:
    """Return the module that a path from the root is imported as.

    Args:
        source: the path.
        roots: folders on the import path besides the repository's root.
    """
    for root in roots:
        source = source.removeprefix(f"{root}/")
    name = source.removesuffix(".pyi").removesuffix(".py").replace("/", ".")
    return name.removesuffix(".__init__")


def is_refused(source: str) -> bool:
    """Return whether Python refuses the bytes of a file."""
    try:
        read_python(Path(source))
    except SourceError:
        return True
    return False


def namespaces_of(modules: Iterable[str]) -> list[str]:
    """Return every package above these modules, sorted."""
    names = set[str]()
    for module in modules:
        while module := module.rpartition(".")[0]:
            names.add(module)
    return sorted(names)


def check(request: Request, archives: Sequence[Archive], options: Options) -> None:
    """Check one target, and write its report and its types.

    Raises:
        MypyError: mypy could not do its work; that is no finding.
    """
    if any(archive.is_broken for archive in archives) or any(
        map(is_refused, request.sources)
    ):
        # What stands below doesn't parse; that is reported there, once. And the import
        # check reports bytes that Python refuses.
        return _write(request, [], Contents({}, {}, is_broken=True))
    own = {f"{REPOSITORY}/{source}": Path(source) for source in request.sources}
    # A stub comes last, and so before the module that it describes.
    modules = {
        module_of(source, request.roots): f"{REPOSITORY}/{source}"
        for source in sorted(request.sources, key=lambda it: it.endswith(".pyi"))
    }
    options.mypy_path = [f"{REPOSITORY}/{root}" for root in request.roots]
    try:
        found = analyse(
            [BuildSource(path, module) for module, path in sorted(modules.items())],
            own,
            archives,
            options,
        )
    except StaleTypesError as stale:
        raise MypyError(
            f"{request.target}: mypy asks for the source of {stale}, whose types should "
            "have come with the target's deps.\nFix: report it; until then tag the target no-mypy=<why>."
        ) from None
    findings = read_messages(found.messages, request)
    if not found.is_complete:
        if not findings:
            raise MypyError(f"{request.target}: {'; '.join(found.messages)}")
        return _write(request, findings, Contents({}, {}, is_broken=True))
    return _write(request, findings, _contents(own, modules, found))


def _contents(
    own: Mapping[str, Path], modules: Iterable[str], found: Analysis
) -> Contents:
    extra = travelled_modules(found.rows, LOCK)
    # A folder without `__init__.py` is a module too, and a dependent would analyse it anew.
    rows = rows_to_travel(found.rows, [*modules, *namespaces_of(modules), *extra])
    folders = {folder: sorted(names) for folder, names in folders_of(list(own)).items()}
    return Contents(rows, folders)


def _write(request: Request, findings: Sequence[Finding], contents: Contents) -> None:
    shown = findings if request.is_reported else []
    request.report.write_text(format_report(shown), encoding="utf-8")
    write_archive(request.output, contents)


def read_messages(messages: Iterable[str], request: Request) -> list[Finding]:
    """Return mypy's messages about the target's own files; a note joins its error."""
    findings: list[Finding] = []
    for message in messages:
        fields = _fields(message)
        if fields["file"] not in request.sources:
            continue
        text = " ".join(str(fields["message"]).split())
        if fields["severity"] == NOTE and findings:
            last = findings.pop()
            findings.append(last._replace(text=f"{last.text}; {text}"))
            continue
        hint = fields.get("hint")
        findings.append(
            Finding(
                path=str(fields["file"]),
                line=max(int(str(fields["line"])), 0),
                column=max(int(str(fields["column"])) + 1, 0),
                rule=f"mypy/{fields['code'] or 'error'}",
                text=f"{text} ({hint})".replace("\n", " ") if hint else text,
                fix="",
                target=request.target,
            )
        )
    return findings


def _fields(message: str) -> dict[str, object]:
    if message.startswith("{"):
        fields: dict[str, object] = json.loads(message)
        fields["file"] = os.path.relpath(str(fields["file"]), REPOSITORY)
        return fields
    plain = PLAIN.fullmatch(message)
    if not plain:
        raise MypyError(f"mypy says what can't be placed: {message}")
    return {
        "file": plain["path"].removeprefix(f"{REPOSITORY}/"),
        "line": plain["line"],
        "column": int(plain["column"] or 1) - 1,
        "message": plain["text"],
        "code": plain["code"],
        "severity": "error",
    }
