"""Reads the events of a build, which Bazel writes by --build_event_json_file.

Format: https://bazel.build/remote/bep
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit


class Events:
    """The events of one build."""

    def __init__(self, text: str) -> None:
        # Any: messages of Bazel's build_event_stream.proto, as JSON.
        self._events: list[dict[str, Any]] = list(map(json.loads, text.splitlines()))

    def targets(self) -> Iterator[str]:
        """Yield the label of each target that was built."""
        for event in self._events:
            completed = event.get("id", {}).get("targetCompleted", {})
            # An aspect over a target that failed may succeed, by the same kind of event.
            if "label" not in completed or "aspect" in completed:
                continue
            if event.get("completed", {}).get("success"):
                yield str(completed["label"]).lstrip("@")

    def sound(self) -> set[str]:
        """Return the labels of targets of which neither build, check nor test failed.

        What can't be built on this machine counts.
        """
        seen, failed = set[str](), set[str]()
        for event in self._events:
            for kind in ("targetCompleted", "testSummary"):
                # Aspects that check a target are events of it.
                if label := event.get("id", {}).get(kind, {}).get("label"):
                    labels = seen if _is_sound(event) else failed
                    labels.add(str(label).lstrip("@"))
        return seen - failed

    def files(self, group: str) -> Iterator[tuple[str, Path]]:
        """Yield the files of an output group, each with its path from the output root."""
        sets = {
            event["id"]["namedSet"]["id"]: event["namedSetOfFiles"]
            for event in self._events
            if "namedSetOfFiles" in event
        }
        root = self._execution_root()
        # Sets are nested, and shared by targets.
        names = list(dict.fromkeys(self._sets(group)))
        for name in names:
            found = sets.get(name, {})
            for below in found.get("fileSets", []):
                if below["id"] not in names:
                    names.append(below["id"])
            for file in found.get("files", []):
                yield file["name"], _path(root, file)

    def _execution_root(self) -> Path:
        infos = (event.get("workspaceInfo", {}) for event in self._events)
        return Path(*(info["localExecRoot"] for info in infos if info))

    def _sets(self, group: str) -> Iterator[str]:
        for event in self._events:
            for output in event.get("completed", {}).get("outputGroup", []):
                if output["name"] == group:
                    yield from (entry["id"] for entry in output.get("fileSets", []))


def _is_sound(event: dict[str, Any]) -> bool:  # Any: see Events
    status = event.get("testSummary", {}).get("overallStatus")
    is_skipped = event.get("aborted", {}).get("reason") == "SKIPPED"
    is_built = event.get("completed", {}).get("success", False)
    return is_built or is_skipped or status in ("PASSED", "FLAKY")


def _path(root: Path, file: dict[str, Any]) -> Path:  # Any: see Events
    prefix = file.get("pathPrefix", [])
    address = urlsplit(file.get("uri", ""))
    # A source file has no prefix, and one of another repository a name from there.
    if not prefix and address.scheme == "file":
        return Path(unquote(address.path))
    # An output's address is a cache's where there is one.
    return root.joinpath(*prefix, file["name"])
