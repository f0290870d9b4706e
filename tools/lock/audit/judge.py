"""Judges what is locked by a snapshot of advisories, and by what is waived."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from packaging.version import Version

from tools.findings.finding import Finding
from tools.lock.audit.advisories import AdvisoryError, Record, affects, fixed_in
from tools.lock.audit.policy import POLICY, Waiver
from tools.lock.audit.releases import Release
from tools.lock.audit.snapshot import SNAPSHOT, Snapshot
from tools.lock.inputs import INPUTS
from tools.lock.pins import LOCK, Pin, latest
from tools.workspace.names import normalise

AUDIT = "bazel run //tools/lock:audit"
REFRESH = f"{AUDIT} -- --refresh"
LONGEST = timedelta(days=90)
OLDEST = timedelta(days=7)
# By which a waiver names that a release was yanked.
YANKED = "yanked"


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


def _advisory(
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


def _yanked(pin: Pin, reason: str, path: Sequence[str]) -> Finding:
    text = f"{pin.name} {pin.version} is yanked: {reason}; here through {' -> '.join(path)}"
    fix = f"bazel run //:requirements.update -- --upgrade-package {pin.name}"
    fix += f", or a waiver of {YANKED} in {POLICY}"
    return Finding(LOCK, pin.line, 0, "audit/yanked", text, fix)


def _waived(
    names: Collection[str], name: str, waivers: Iterable[Waiver]
) -> Waiver | None:
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


def _found(
    pin: Pin, snapshot: Snapshot, path: Sequence[str]
) -> Iterator[tuple[Collection[str], Finding]]:
    """Yield what is wrong with a pin, and the names by which it can be waived."""
    release = snapshot.releases.get(pin.name)
    if release and release.version == pin.version and release.yanked:
        yield [YANKED], _yanked(pin, release.yanked, path)
    version = Version(pin.version)
    for record in snapshot.records:
        names = {record["id"], *record.get("aliases", [])}
        try:
            if affects(record, pin.name, version):
                yield names, _advisory(pin, version, record, path)
        except AdvisoryError as error:
            text = f"whether it affects {pin.name} {pin.version} is unknown: {error}."
            fix = f"look at it, and waive it in {POLICY} if it doesn't"
            yield names, Finding(LOCK, pin.line, 0, "audit/unknown", text, fix)


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
        for names, found in _found(pin, snapshot, shortest_path(name, by_name)):
            if waiver := _waived(names, name, waivers):
                used.add(waiver)
            else:
                findings.append(found)
    return [*findings, *waiver_findings(waivers, used)]


def doubts(pins: Iterable[Pin], snapshot: Snapshot) -> dict[str, list[str]]:
    """Return the pins that nobody attests, and those of which the index didn't say it.

    None of it is a finding: most of what is published isn't attested yet.
    """
    found: dict[str, list[str]] = {
        "not_attested": [],
        "attestation_unknown": [],
        "yanked_unknown": [],
    }
    for name, pin in sorted(latest(pins).items()):
        release = snapshot.releases.get(name)
        if release is None or release.version != pin.version:
            release = Release(pin.version)
        if release.attested is None:
            found["attestation_unknown"].append(name)
        elif not release.attested:
            found["not_attested"].append(name)
        if release.yanked is None:
            found["yanked_unknown"].append(name)
    return found


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
