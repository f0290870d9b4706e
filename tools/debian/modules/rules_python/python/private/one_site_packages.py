"""Makes the folders of the distributions on `PYTHONPATH` one site-packages, as in a venv and in an image.

Called at each start of the interpreter in the build, by `one_site_packages.pth` beside it. The folders come behind the
standard library, sorted, so that the first one wins; their `.pth` files are read; and a package of one whose modules
lie in others, too, is found whole. Nothing is imported that the interpreter hasn't imported by itself.
"""

import os
import site
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from importlib.machinery import ModuleSpec
    from typing import Any


class SharedPackages:
    """Finds packages with an `__init__.py` that lie in several folders: the first one's, with the modules of all."""

    def __init__(self, folders: Mapping[str, list[str]], along_path: Any) -> None:
        self.folders = folders
        # Any: the interpreter's own finder, a class in place of an instance.
        self.along_path = along_path

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: Any = None
    ) -> ModuleSpec | None:
        """Return how a shared package is loaded, None for any other module."""
        folders = self.folders.get(name)
        if not folders:
            return None
        spec: ModuleSpec | None = self.along_path.find_spec(name, path, target)
        found = spec.submodule_search_locations if spec else None
        if spec and found and found[0] in folders:
            others = [folder for folder in folders if folder not in found]
            spec.submodule_search_locations = [*found, *others]
            return spec
        return None


def shared_packages(
    listed: Mapping[str, list[str]], above: str = ""
) -> Iterator[tuple[str, list[str]]]:
    """Yield each package that several folders have, with its folder in each.

    Args:
      listed: what each folder holds, in their order.
      above: the package that the folders are, with a dot at its end.
    """
    holders: dict[str, list[str]] = {}
    for folder, names in listed.items():
        for name in names:
            holders.setdefault(name, []).append(folder)
    for name, folders in holders.items():
        if len(folders) == 1 or not name.isidentifier() or name == "__pycache__":
            continue
        places = [f"{folder}/{name}" for folder in folders]
        below = {place: os.listdir(place) for place in places if os.path.isdir(place)}
        if len(below) < 2:
            continue
        if any("__init__.py" in names for names in below.values()):
            yield above + name, list(below)
        yield from shared_packages(below, f"{above}{name}.")


def join() -> None:
    """Make one site-packages of the folders of distributions on the path."""
    own = f"{sys.prefix}/lib/python3/dist-packages"
    # Whatever PYTHONPATH a program is started with, it has what the one that starts it has: see launcher.sh.
    roots = os.environ.get("MONOREPO_IMPORT_ROOTS", "").split(":")
    sys.path += [root for root in roots if root and root not in sys.path]
    folders = sorted(it for it in sys.path if it.endswith("/site-packages"))
    sys.path[:] = [it for it in sys.path if it != own and it not in folders] + folders
    listed = {it: os.listdir(it) for it in folders if os.path.isdir(it)}
    known = set(sys.path)
    for folder, names in listed.items():
        if any(name.endswith(".pth") for name in names):
            site.addsitedir(folder, known)
    if shared := dict(shared_packages(listed)):
        # What looks along the path is last.
        sys.meta_path.insert(-1, SharedPackages(shared, sys.meta_path[-1]))
