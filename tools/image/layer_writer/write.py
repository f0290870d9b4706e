"""Writes one layer of an image: a tar archive and, where it holds distributions, their index.

Invoked by Bazel as: write --output LAYER.tar.gz --compression gzip
  [--native LAYER.tar.gz] [--index INDEX.json] [--import-root FOLDER]… --manifest MANIFEST
--native gets what is for one platform alone, in a layer of its own: the other is the same for each.
MANIFEST has a line for each input, with tabs between: kind, the name of the distribution if it is
one, the file or directory, its path, and a note.

| kind | path | note |
|---|---|---|
| `python` | from the interpreter's root | |
| `wheel` | from the distribution's root | `tests` where test folders are kept |
| `app` | from the repository's root | |
| `beside` | from the folder above the repository's root, such as another repository's data | |
| `empty` | from the repository's root: an empty file, which has no source | |
| `starter` | from the repository's root: a program | the module that it starts |
| `link` | from the image's root | what the link points to |

Standard library only: it runs once for each layer.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.image.layer_writer import archive, bytecode, places, platforms, wheels
from tools.image.layer_writer.archive import Member

STARTER = """\
#!/{venv}/bin/python -P
import runpy

runpy.run_module("{module}", run_name="__main__", alter_sys=True)
"""

VENV_CONFIG = """\
home = /{root}/bin
include-system-site-packages = false
version = {version}
executable = /{root}/bin/{name}
"""
# What a `distribution_info` lays beside the modules of a project.
FIRST_PARTY_PROGRAMS = f".dist-info/{wheels.ENTRY_POINTS}"


@dataclass(frozen=True)
class Line:
    """One input of a layer."""

    kind: str
    owner: str
    source: Path
    inside: str
    note: str

    @classmethod
    def parse(cls, text: str) -> Line:
        """Return the input that a line of the manifest names."""
        kind, owner, source, inside, note = text.split("\t")
        return cls(kind, owner, Path(source), inside, note)

    def files(self) -> Iterator[tuple[Path, str]]:
        """Yield each file with its path inside, and each empty folder with one that ends in `/`.

        What others compiled is no input.
        """
        if not self.source.is_dir():
            if self.source.suffix != ".pyc":
                yield self.source, self.inside
            return
        # A folder may be a link, in a directory that a rule has made.
        for folder, folders, names in os.walk(self.source, followlinks=True):
            if not folders and not names and self.kind in ("app", "beside"):
                yield Path(folder), f"{self._inside(folder)}/"
            folders[:] = sorted(set(folders) - {"__pycache__"})
            for name in sorted(names):
                path = Path(folder, name)
                if path.suffix != ".pyc":
                    yield path, self._inside(path)

    def _inside(self, path: str | Path) -> str:
        inside = Path(path).relative_to(self.source).as_posix()
        return f"{self.inside}/{inside}".removesuffix("/.")

    def place(self, inside: str) -> str | None:
        """Return where a file lies in the image, None for one that is left out."""
        if self.kind == "python":
            return places.python_place(inside)
        if self.kind == "wheel":
            return places.wheel_place(inside, keeps_tests=self.note == "tests")
        return places.app_place(inside) if self.kind == "app" else inside

    def members(self) -> dict[str, Member]:
        """Return the files by their place in the image."""
        match self.kind:
            case "empty":
                return {f"{places.APP}/{self.inside}": Member()}
            case "starter":
                text = STARTER.format(venv=places.VENV, module=self.note)
                return {f"{places.APP}/{self.inside}": Member(data=text.encode())}
            case "link":
                return {self.inside: Member(link=self.note)}
        placed = ((self.place(inside), source) for source, inside in self.files())
        found = {
            place: Member(source=None if place.endswith("/") else source)
            for place, source in placed
            if place
        }
        if self.kind == "app" and self.inside.endswith(FIRST_PARTY_PROGRAMS):
            found |= wheels.programs(Member(source=self.source))
        return found


def read_manifest(path: Path) -> list[Line]:
    """Return the inputs of a layer, in an order that is theirs alone."""
    lines = [Line.parse(text) for text in path.read_text("utf-8").split("\n") if text]
    return sorted(lines, key=lambda line: (line.kind, line.owner, line.inside))


def distributions_of(lines: Sequence[Line]) -> list[wheels.Distribution]:
    """Return the distributions, settled, sorted by name."""
    found: dict[str, wheels.Distribution] = {}
    for line in lines:
        distribution = found.setdefault(line.owner, wheels.Distribution(line.owner))
        distribution.members.update(line.members())
    for distribution in found.values():
        wheels.settle_programs(distribution)
        wheels.write_record(distribution)
    return list(found.values())


def interpreter(lines: Sequence[Line]) -> dict[str, Member]:
    """Return the interpreter, and the venv on it that distributions are merged into."""
    binary = f"bin/{places.PYTHON_NAME}"
    members: dict[str, Member] = {}
    for line in lines:
        if line.inside.startswith("bin/"):
            members[f"{places.PYTHON_ROOT}/{binary}"] = Member(source=line.source)
        else:
            members |= line.members()
    version = ".".join(map(str, sys.version_info[:3]))
    config = VENV_CONFIG.format(
        root=places.PYTHON_ROOT, version=version, name=places.PYTHON_NAME
    )
    members[f"{places.VENV}/pyvenv.cfg"] = Member(data=config.encode())
    members[f"{places.SITE_PACKAGES}/app.pth"] = Member(data=path_line(0, [places.APP]))
    for name in ("python", "python3", places.PYTHON_NAME):
        members[f"{places.VENV}/bin/{name}"] = Member(
            link=f"/{places.PYTHON_ROOT}/{binary}"
        )
    return members


def path_line(position: int, folders: Sequence[str]) -> bytes:
    """Return the line of a .pth file that puts first-party folders first, as tests have them.

    A plain path would come last, and a distribution or the standard library could hide a first-party module.
    """
    names = [f"/{folder}" for folder in folders]
    return f"import sys; sys.path[{position}:{position}] = {names!r}\n".encode()


def import_roots(roots: Sequence[str]) -> dict[str, Member]:
    """Return what puts first-party import roots besides `/app` on the path."""
    if not roots:
        return {}
    data = path_line(1, [f"{places.APP}/{root}" for root in roots])
    return {f"{places.SITE_PACKAGES}/app_imports.pth": Member(data=data)}


def compile_all(members: dict[str, Member]) -> None:
    """Add the compiled form of each module, in sorted order."""
    for path in sorted(members):
        if path.endswith(".py"):
            compiled = bytecode.compile_module(path, members[path].content())
            if compiled:
                members[bytecode.compiled_path(path)] = Member(data=compiled)


@dataclass(frozen=True)
class Contents:
    """What a layer holds, before its modules are compiled."""

    members: dict[str, Member]
    distributions: list[wheels.Distribution]
    python: str

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Contents:
        """Return what the lines of a manifest make.

        Raises:
          PlaceError: where two distributions differ over a place, or a file has none.
        """
        distributions = distributions_of(
            [line for line in lines if line.kind == "wheel"]
        )
        members = wheels.merged(distributions)
        python = [line for line in lines if line.kind == "python"]
        members |= interpreter(python) if python else {}
        for line in lines:
            members |= line.members() if line.kind not in ("wheel", "python") else {}
        version = ".".join(map(str, sys.version_info[:3])) if python else ""
        return cls(members, distributions, version)

    def index(self, size: int) -> dict[str, object]:
        """Return what checks and bills of materials read of the layer."""
        return {
            "distributions": [wheels.describe(known) for known in self.distributions],
            "files": wheels.digests(self.members),
            "python": self.python,
            "size": size,
        }


def write(members: Mapping[str, Member], output: Path, compression: str) -> None:
    """Compile the modules, and write the archive."""
    whole = dict(members)
    compile_all(whole)
    with archive.compressed(output, compression) as stream:
        archive.write_tar(stream, whole)


def main(argv: Sequence[str] | None = None) -> int:
    """Write the layer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--compression", choices=archive.COMPRESSIONS, required=True)
    parser.add_argument("--native", type=Path)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--import-root", action="append", default=[])
    parser.add_argument("--manifest", type=Path, required=True)
    options = parser.parse_args(argv)
    try:
        contents = Contents.of(read_manifest(options.manifest))
    except places.PlaceError as error:
        print(error, file=sys.stderr)
        return 1
    contents.members.update(import_roots(options.import_root))
    native = (
        platforms.native(contents.members, contents.distributions)
        if options.native
        else {}
    )
    common = {it: known for it, known in contents.members.items() if it not in native}
    # First, so that what is compiled before doesn't depend on the platform.
    write(common, options.output, options.compression)
    if options.native:
        write(native, options.native, options.compression)
    if options.index:
        outputs = filter(None, (options.output, options.native))
        index = contents.index(sum(output.stat().st_size for output in outputs))
        options.index.write_text(json.dumps(index, indent=1, sort_keys=True) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
