"""Knows what `.ci/run` has Bazel do, for the tests that compare other files with it."""

from pathlib import Path

CI = Path(".ci/run")


def ci_commands() -> set[str]:
    """Return its commands, without the flag by which they say less."""
    lines = CI.read_text(encoding="utf-8").splitlines()
    calls = [line.partition("./bazelw ")[2] for line in lines if line[:1] != "#"]
    commands = {
        " ".join(call.replace("--noshow_progress", "").split()) for call in calls
    }
    return commands - {""}
