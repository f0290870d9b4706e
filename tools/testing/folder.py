"""The folder that a run has for itself: for temporary files, and as a home."""

import os
from collections.abc import Mapping

# A socket's path may have 107 letters, and `tmp_path` adds up to 40.
_SHORT = 60
_COMMON = "/tmp"  # noqa: S108  # a folder in it has a name by chance


class Folder:
    """A folder with a short path, which goes when the run ends.

    It is in Bazel's own for the test where that is short enough, else in /tmp. A sandbox has a /tmp of its own; in the
    machine's, no other run has this name.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.is_interactive = "BUILD_WORKSPACE_DIRECTORY" in environ
        parent = environ.get("TEST_TMPDIR")
        if not parent or (len(parent) > _SHORT and os.access(_COMMON, os.W_OK)):
            parent = _COMMON
        self.path = f"{parent}/t{os.urandom(4).hex()}"
        os.mkdir(self.path, 0o700)
        os.mkdir(f"{self.path}/home")

    def enter(self) -> None:
        """Have this process and its children use it."""
        if self.is_interactive:
            # They are a person's; `bazel test` hands none on, so that one it has is meant.
            for name in [name for name in os.environ if name.startswith("XDG_")]:
                del os.environ[name]
            os.environ.pop("HOME", None)
        else:
            os.environ["TMPDIR"] = self.path
        os.environ.setdefault("HOME", f"{self.path}/home")

    def remove(self) -> None:
        """Take away what the run left."""
        try:
            os.rmdir(f"{self.path}/home")
            os.rmdir(self.path)
        except OSError:
            import shutil  # noqa: PLC0415  # a tenth of a small test

            shutil.rmtree(self.path, ignore_errors=True)
