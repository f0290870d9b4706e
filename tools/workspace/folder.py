"""The workspace that a program was started in, and the base class of what goes wrong there."""

import os
from pathlib import Path


class WorkspaceError(Exception):
    """The workspace can't be read, or a program that works on it failed.

    The text is for the user, with its fix. Commands print it and exit with 2.
    """


def workspace_folder() -> Path:
    """Return the folder that `bazel run` was called in.

    Raises:
        WorkspaceError: the program was started otherwise.
    """
    folder = os.environ.get("BUILD_WORKSPACE_DIRECTORY")
    if not folder:
        raise WorkspaceError(
            "This program needs the workspace. Fix: start it by bazel run."
        )
    return Path(folder)
