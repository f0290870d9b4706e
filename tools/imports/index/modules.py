"""Which modules a target or a distribution provides: the index, and how it is read.

An index is a text file. Its first line is a JSON object that says what it is about:

    label      as a BUILD file writes it
    deps       the labels of what it depends on
    roots      folders on the import path besides the root
    is_plugin  whether pytest loads it by its entry point
    tops       a distribution's first parts, so that the rest may wait

The lines after it are a distribution's modules, or paths from the root of a target's
files. A target's stub stands for its module: what it describes may be no Python.
"""

import json
from collections.abc import Iterable, Mapping, Sequence

STUBS = "-stubs"


class Index:
    """What one target or distribution provides."""

    __slots__ = (
        "_body",
        "_modules",
        "deps",
        "files",
        "is_plugin",
        "label",
        "roots",
        "tops",
    )

    def __init__(self, text: str) -> None:
        head, _, self._body = text.partition("\n")
        about = json.loads(head)
        self.label: str = about["label"]
        self.deps: list[str] = about.get("deps", [])
        self.roots: list[str] = about.get("roots", [])
        self.is_plugin: bool = about.get("is_plugin", False)
        self.tops = {top.removesuffix(STUBS) for top in about.get("tops", [])}
        self._modules: tuple[set[str], set[str], set[str]] | None = None
        self.files: dict[str, str] = {}
        """The file that each module of a target is."""
        if not self.is_distribution:
            self.files = files_of(self.paths, self.roots)
            self.tops = {module.partition(".")[0] for module in self.files}

    @property
    def is_distribution(self) -> bool:
        """Whether it is locked, not first-party."""
        return self.label.startswith("@")

    @property
    def paths(self) -> list[str]:
        """A target's own files, from the root."""
        return [] if self.is_distribution else self._body.splitlines()

    def _read(self) -> tuple[set[str], set[str], set[str]]:
        """Return the modules, those that are stubs only, and the namespace packages."""
        if self._modules is None:
            found = set(self._body.splitlines() if self.is_distribution else self.files)
            stubs = {name for name in found if STUBS in name}
            modules = found - stubs
            stubs = {name.replace(STUBS, "", 1) for name in stubs}
            self._modules = (modules, stubs, namespaces_of(modules))
        return self._modules

    @property
    def modules(self) -> set[str]:
        """The modules that can be imported from it."""
        return self._read()[0]

    @property
    def stubs(self) -> set[str]:
        """The modules whose types it describes."""
        return self._read()[1]

    @property
    def namespaces(self) -> set[str]:
        """The packages that are only folders of it, and perhaps of others too."""
        return self._read()[2]


def format_index(about: Mapping[str, object], body: Iterable[str]) -> str:
    """Return an index as text."""
    return "".join(f"{line}\n" for line in (json.dumps(about), *body))


def distribution_index(label: str, files: Iterable[str], **about: object) -> str:
    """Return the index of a distribution, by the paths of its files in site-packages."""
    modules = sorted(modules_of(files))
    tops = sorted({module.partition(".")[0] for module in modules})
    return format_index({"label": label, **about, "tops": tops}, modules)


def module_of(path: str) -> str | None:
    """Return the module that a file is, by its path from an import root."""
    folder, _, name = path.rpartition("/")
    stem, dot, ending = name.partition(".")
    # `x.cpython-314-x86_64-linux-gnu.so` and `x.abi3.so` are the module x.
    if not dot or ending.rpartition(".")[2] not in {"py", "pyi", "so", "pyd"}:
        return None
    if ending.rpartition(".")[2] in {"py", "pyi"} and "." in ending:
        return None
    parts = folder.split("/") if folder else []
    if stem != "__init__":
        parts.append(stem)
    stub, rest = parts[:1], parts[1:]
    names = [part.removesuffix(STUBS) for part in stub] + rest
    if not names or not all(part.isidentifier() for part in names):
        return None
    return ".".join(parts)


def files_of(paths: Iterable[str], roots: Sequence[str] = ()) -> dict[str, str]:
    """Return the modules that files are, from the root and from further roots.

    Where two files are one module, it is the one that Python takes: a package before
    the module beside it, and both before a stub.
    """
    files: dict[str, str] = {}
    for path in sorted(paths, key=_rank, reverse=True):
        below = [root for root in roots if path.startswith(root + "/")]
        inside = [path.removeprefix(root + "/") for root in below]
        for relative in [path, *inside]:
            module = module_of(relative)
            if module:
                files[module] = path
    return files


def _rank(path: str) -> tuple[bool, bool, str]:
    return (path.endswith(".pyi"), not is_package(path), path)


def stub_of(module: str) -> str:
    """Return the module of a distribution of stubs that describes a module."""
    top, dot, rest = module.partition(".")
    return f"{top}{STUBS}{dot}{rest}"


def is_package(path: str) -> bool:
    """Return whether a file makes a package of its folder."""
    return path.rpartition("/")[2].startswith("__init__.")


def modules_of(paths: Iterable[str], roots: Sequence[str] = ()) -> set[str]:
    """Return the modules that files are, from the root and from further roots."""
    return set(files_of(paths, roots))


def namespaces_of(modules: Iterable[str]) -> set[str]:
    """Return every package above these modules that is none of them itself."""
    above: set[str] = set()
    for module in modules:
        parent = module.rpartition(".")[0]
        while parent and parent not in above:
            above.add(parent)
            parent = parent.rpartition(".")[0]
    return above.difference(modules)


def candidates(module: str, name: str) -> list[str]:
    """Return what an import may mean, the likeliest first.

    `from a.b import c` may take the module a.b.c, or something of a.b; `import a.b` may
    be an attribute that a makes when it runs.
    """
    names = [f"{module}.{name}"] if name else []
    while module:
        names.append(module)
        module = module.rpartition(".")[0]
    return names
