"""The folder in which the tests of a project with settings of its own start.

It is a copy of the project's: such tests read by paths from there, and some write beside themselves. Modules are links,
so that an error and the coverage name the file itself.
"""

import os
import shutil
import stat
from pathlib import Path


def copy_project(folder: Path, target: Path) -> None:
    """Copy a project's folder to its place below another root."""
    for path, folders, files in os.walk(folder):
        inside = target / path
        inside.mkdir(parents=True, exist_ok=True)
        for name in [*folders, *files]:
            file = Path(path, name)
            if file.is_dir() and not file.is_symlink():
                continue
            if file.is_dir() or name.endswith(".py"):
                (inside / name).symlink_to(file.absolute())
            else:
                shutil.copy2(file, inside / name)
                (inside / name).chmod(file.stat().st_mode | stat.S_IWUSR)
