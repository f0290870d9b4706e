"""Judges what is locked by a snapshot of advisories, and by what is waived."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from packaging.version import Version

from tools.findings.finding import Finding
from tools.lock.audit.advisories import AdvisoryError, Record, affects, fixed_in
from tools.lock.audit.policy import POLICY, Waiver
from tools.lock.audit.snapshot import SNAPSHOT, Snapshot
from tools.lock.inputs import INPUTS
from tools.lock.pins import LOCK, Pin
from tools.workspace.names import normalise

AUDIT = "bazel run //tools/lock:audit"
REFRESH = f"{AUDIT} -- --refresh"
LONGEST = timedelta(days=90)
OLDEST = timedelta(days=7)


def shortest_path(name: str, pins: Mapping[str, Pin]) -> list[str]:
    """Return who asks for a distribution, from the file that people write to itself."""
    paths = [[name]]
    seen = {name}
    for path in paths:
        for user in pins[path[0]].via if path[0] in pins else ():
            if user.startswith("-r "):
                return [INPUTS, *path]
            if (key := normalise(user)) not in seen:
                seen.add(key)
                paths.append([key, *path])
    return [name]


def names_of(record: Record) -> str:
    """Return an advisory's names: its own, and that which most people know."""
    others = [name for name in record.get("aliases", []) if name.startswith("CVE-")]
    return " ".join([record["id"], *(f"({name})" for name in others[:1])])


def _finding(
    pin: Pin, version: Version, record: Record, path: Sequence[str]
) -> Finding:
    fixed = fixed_in(record, pin.name, version)
    summary = " ".join(str(record.get("summary") or "no summary").split())
    text = f"{pin.name} {pin.version} has {names_of(record)}: {summary}; "
    text += f"fixed in {fixed}" if fixed else "fixed in no version"
    text += f"; here through {' -> '.join(path)}"
    fix = f"bazel run //:requirements.update -- --upgrade-package {pin.name}"
    if not fixed:
        fix = f"do without {path[1] if len(path) > 1 else pin.name}"
    fix += f", or a waiver in {POLICY}; {AUDIT} says where it ships"
    return Finding(LOCK, pin.line, 0, "audit/advisory", text, fix)


def _waived(record: Record, name: str, waivers: Iterable[Waiver]) -> Waiver | None:
    names = {record["id"], *record.get("aliases", [])}
    for waiver in waivers:
        if normalise(waiver.distribution) == name and waiver.advisory in names:
            return waiver
    return None


def waiver_findings(waivers: Iterable[Waiver], used: set[Waiver]) -> Iterator[Finding]:
    """Check what is written of each waiver, whatever the day."""
    for waiver in waivers:
        about = f"the waiver of {waiver.advisory} for {waiver.distribution}"
        if waiver not in used:
            text, fix = f"{about} waives nothing.", "take it out."
            yield Finding(POLICY, 0, 0, "audit/unneeded", text, fix)
        if not waiver.reason.strip():
            yield Finding(POLICY, 0, 0, "audit/reason", f"{about} has none.", "say why")
        if waiver.expires - waiver.since > LONGEST:
            text = f"{about} holds {(waiver.expires - waiver.since).days} days, "
            text += f"more than {LONGEST.days}."
            fix = "an earlier `expires`"
            yield Finding(POLICY, 0, 0, "audit/long", text, fix)


def judge(
    pins: Iterable[Pin], snapshot: Snapshot, waivers: Sequence[Waiver]
) -> list[Finding]:
    """Return what is wrong with what is locked, whatever the day."""
    by_name = {pin.name: pin for pin in pins}
    findings: list[Finding] = []
    used: set[Waiver] = set()
    for name, pin in sorted(by_name.items()):
        if name not in snapshot.names:
            text = f"{name} was not asked for when {SNAPSHOT} was taken."
            unknown = Finding(LOCK, pin.line, 0, "audit/unknown", text, REFRESH)
            findings.append(unknown)
        version = Version(pin.version)
        for record in snapshot.records:
            try:
                if not affects(record, name, version):
                    continue
            except AdvisoryError as error:
                text = f"whether it affects {name} {pin.version} is unknown: {error}."
                fix = f"look at it, and waive it in {POLICY} if it doesn't"
                found = Finding(LOCK, pin.line, 0, "audit/unknown", text, fix)
            else:
                found = _finding(pin, version, record, shortest_path(name, by_name))
            if waiver := _waived(record, name, waivers):
                used.add(waiver)
            else:
                findings.append(found)
    return [*findings, *waiver_findings(waivers, used)]


def judge_day(
    snapshot: Snapshot, waivers: Iterable[Waiver], today: date
) -> list[Finding]:
    """Return what is wrong on a day: a snapshot that is old, waivers that are over."""
    findings = []
    if today - snapshot.taken > OLDEST:
        text = f"taken on {snapshot.taken}, more than {OLDEST.days} days ago."
        findings.append(Finding(SNAPSHOT, 1, 0, "audit/old", text, REFRESH))
    for waiver in waivers:
        if waiver.expires < today:
            text = f"the waiver of {waiver.advisory} for {waiver.distribution} is over "
            text += f"since {waiver.expires}."
            fix = "mend what it waived, or argue for it again"
            findings.append(Finding(POLICY, 0, 0, "audit/expired", text, fix))
    return findings
