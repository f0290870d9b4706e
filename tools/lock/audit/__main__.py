"""Audits what is locked against advisories, as of a day, and says where it ships.

  bazel run //tools/lock:audit
  bazel run //tools/lock:audit -- --refresh
  bazel run //tools/lock:audit -- --today 2026-12-24 --format json

`--refresh` asks the service first, and the configured index which releases are yanked or
attested; it writes what they know to advisories.jsonl, which belongs into the commit. What
is yanked is a finding; what isn't attested, and what the index didn't say, is only named.
Waivers are in audit.toml.

Exit codes: 0 nothing found, 1 findings, 2 not audited.
"""

import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from tools.findings.finding import Finding
from tools.findings.terminal import format_terminal
from tools.graph.dependencies import (
    WITH_DISTRIBUTIONS,
    Graph,
    is_image,
    paths_to,
    read_graph,
)
from tools.lock.audit.check_advisories import check
from tools.lock.audit.judge import REFRESH, doubts
from tools.lock.audit.policy import POLICY
from tools.lock.audit.releases import ask_releases, configured_indexes
from tools.lock.audit.snapshot import (
    SERVICE,
    SNAPSHOT,
    SnapshotError,
    format_snapshot,
    parse_snapshot,
    take_snapshot,
)
from tools.lock.pins import LOCK, latest, read_pins, read_text
from tools.lock.pip_settings import uv_environment
from tools.workspace.command import command_parser, print_json
from tools.workspace.files import replace_file
from tools.workspace.folder import WorkspaceError, workspace_folder
from tools.workspace.labels import pip_label

NO_INDEX = """no index is configured: which releases are yanked or attested stays unknown
Fix: UV_DEFAULT_INDEX=ADDRESS, or pip's index-url"""
# Rules of findings that say where what they are about ships.
SHIPPED = ("audit/advisory", "audit/yanked")


class NotAuditedError(Exception):
    """Nobody can say whether what is locked is sound."""


def refresh(root: Path, service: str, today: date) -> None:
    """Write a new snapshot.

    Raises:
        NotAuditedError: the service doesn't answer; nothing is written.
    """
    pins = latest(read_pins(read_text(root / LOCK)))
    try:
        taken = take_snapshot(sorted(pins), service, today)
    except (OSError, ValueError) as error:
        text = f"not audited: {service} can't be asked, nothing is changed: {error}\n"
        text += "Fix: --service ADDRESS, or a machine that reaches it"
        raise NotAuditedError(text) from None
    indexes = configured_indexes(uv_environment(os.environ, Path.home(), dated=False))
    if not indexes:
        print(NO_INDEX, file=sys.stderr)
    taken = taken._replace(releases=ask_releases(pins.values(), indexes))
    replace_file(root / SNAPSHOT, format_snapshot(taken))
    print(f"{SNAPSHOT}: {len(taken.records)} advisories", file=sys.stderr)


def audit(root: Path, today: date) -> list[Finding]:
    """Return what is wrong with what is locked, as of a day.

    Raises:
        NotAuditedError: there is no snapshot.
    """
    lock, policy = read_text(root / LOCK), read_text(root / POLICY)
    if not (text := read_text(root / SNAPSHOT)):
        raise NotAuditedError(f"not audited: there is no {SNAPSHOT}\nFix: {REFRESH}")
    return check(lock, text, policy, today)


def named_releases(root: Path) -> dict[str, list[str]]:
    """Return what is not attested, or not known; nothing of a snapshot that is none."""
    try:
        known = parse_snapshot(read_text(root / SNAPSHOT))
    except SnapshotError:
        return {}
    return doubts(read_pins(read_text(root / LOCK)), known)


def images_with(name: str, graph: Graph) -> list[str]:
    """Return the images that a distribution is in."""
    users = paths_to(graph.edges, [pip_label(name)])
    return sorted(
        label for label in users if is_image(graph.classes.get(label, ""), label)
    )


def where_it_ships(root: Path, findings: Sequence[Finding]) -> dict[str, list[str]]:
    """Return the images that each distribution with an advisory is in."""
    pins = {pin.line: pin.name for pin in read_pins(read_text(root / LOCK))}
    names = {pins[found.line] for found in findings if found.rule in SHIPPED}
    if not names:
        return {}
    graph = read_graph(root, WITH_DISTRIBUTIONS)
    return {name: images_with(name, graph) for name in sorted(names)}


def main(argv: Sequence[str] | None = None) -> int:
    """Audit, and print what was found."""
    parser = command_parser("//tools/lock:audit", __doc__)
    parser.add_argument(
        "--today", type=date.fromisoformat, default=date.today(), metavar="DATE"
    )
    parser.add_argument("--refresh", action="store_true", help="ask the service first")
    parser.add_argument("--service", default=SERVICE, help="an OSV service's address")
    options = parser.parse_args(argv)
    try:
        root = workspace_folder()
        if options.refresh:
            refresh(root, options.service.rstrip("/"), options.today)
        findings = audit(root, options.today)
        ships = where_it_ships(root, findings)
        releases = named_releases(root)
    except (NotAuditedError, WorkspaceError) as error:
        print(error, file=sys.stderr)
        return 2
    if options.format == "json":
        rows = [found._asdict() for found in findings]
        print_json(findings=rows, ships=ships, releases=releases)
    else:
        sys.stdout.write(format_terminal(findings))
        for name, images in ships.items():
            place = ", ".join(images) or "no image: tests and builds only"
            sys.stdout.write(f"{name} ships in {place}\n")
        for doubt, names in releases.items():
            if names:
                text = f"{doubt.replace('_', ' ')}: {len(names)}: {', '.join(names)}"
                sys.stdout.write(f"{text}\n")
        print(f"{len(findings)} findings as of {options.today}", file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
