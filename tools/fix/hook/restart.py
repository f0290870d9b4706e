"""Writes a script that starts a program again, as Bazel built it, without Bazel.

The git hook starts it while nothing that the program is made of has changed: see install_hook.py. A call of Bazel
looks at every file of every distribution, which takes several times as long as the checks.
"""

import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

RUNFILES = ".runfiles/"
# What the hook understands as: call Bazel.
GONE = 127
SCRIPT = """#!/bin/sh
[ -x {launcher} ] || exit {gone}
exec {command}
"""


def command(
    launcher: str, arguments: Sequence[str], environ: Mapping[str, str]
) -> list[str]:
    """Return what starts a program of the build from outside the build."""
    # A supply line whose programs run in a root of its own says how to enter it.
    enter = environ.get("MONOREPO_ENTER")
    workspace = f"BUILD_WORKSPACE_DIRECTORY={environ['BUILD_WORKSPACE_DIRECTORY']}"
    prefix = [enter, "--enter"] if enter else []
    return [*prefix, "env", workspace, launcher, *arguments]


def remember(
    began: Path, program: str, arguments: Sequence[str], environ: Mapping[str, str]
) -> None:
    """Turn an empty file, as old as the build, into the script; it keeps that age.

    Args:
        began: the file, named as the script with `.began` added.
        program: the program's own path in its runfiles; started otherwise, nothing is written.
        arguments: what the program is started with again.
        environ: the environment that the program was started in.
    """
    launcher, in_runfiles, _ = program.partition(RUNFILES)
    if not (in_runfiles and began.is_file()):
        return
    age = began.stat()
    again = shlex.join(command(launcher, arguments, environ))
    text = SCRIPT.format(launcher=shlex.quote(launcher), gone=GONE, command=again)
    began.write_text(text, encoding="utf-8")
    began.chmod(0o755)
    os.utime(began, ns=(age.st_atime_ns, age.st_mtime_ns))
    began.replace(began.with_suffix(""))
