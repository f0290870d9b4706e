"""A fake Bazel for tests: a `bazelw` that answers as a test says, and keeps what it was asked."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

OUT = "bazel out"
SCRIPT = """#!/bin/sh
printf '%s\\n' "$@" >>asked
for argument; do
    case $argument in
        --build_event_json_file=*) cp events "${argument#*=}" ;;
    esac
done
cat answer
cat complaint >&2
exit "$(cat exit_code)"
"""


@dataclass
class FakeBazel:
    """Bazel in a workspace."""

    root: Path
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    """What a build leaves: texts by output group and path."""
    targets: list[str] = field(default_factory=list)
    """The labels that a build has built."""
    answer: str = ""
    """What it prints to stdout."""
    complaint: str = ""
    """What it prints to stderr."""
    exit_code: int = 0

    def install(self) -> None:
        """Put it into the workspace; once more after a change of what it answers."""
        self._write()
        files = {
            "bazelw": SCRIPT,
            "events": events_of(self.root, self.outputs, self.targets),
            "answer": self.answer,
            "complaint": self.complaint,
            "exit_code": str(self.exit_code),
        }
        for name, text in files.items():
            (self.root / name).write_text(text)
        (self.root / "bazelw").chmod(0o755)

    def _write(self) -> None:
        for outputs in self.outputs.values():
            for name, text in outputs.items():
                path = self.root / OUT / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)

    def asked(self) -> list[str]:
        """Return the arguments of all calls."""
        file = self.root / "asked"
        return file.read_text().splitlines() if file.exists() else []


def events_of(
    root: Path, groups: Mapping[str, Iterable[str]], targets: Sequence[str]
) -> str:
    """Return the build events that name targets and the files of each output group."""
    events: list[dict[str, object]] = [
        {"id": {"started": {}}},
        {"id": {"workspace": {}}, "workspaceInfo": {"localExecRoot": str(root)}},
    ]
    for group, names in groups.items():
        # With a cache, addresses are the cache's.
        files = [
            {"name": name, "uri": f"bytestream://{name}", "pathPrefix": [OUT]}
            for name in names
        ]
        events += [
            {"id": {"namedSet": {"id": group}}, "namedSetOfFiles": {"files": files}},
            {
                "completed": {
                    "outputGroup": [{"name": group, "fileSets": [{"id": group}]}]
                }
            },
        ]
    events += [
        {
            "id": {"targetCompleted": {"label": f"@@{label}"}},
            "completed": {"success": True},
        }
        for label in targets
    ]
    return "".join(json.dumps(event) + "\n" for event in events)
