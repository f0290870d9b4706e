"""Analyses the files of a run, but for those that an earlier run analysed already.

A file's coverage stands under the digest of all that it depends on: the source, what
tests ran of it and which, the settings, coverage.py, and this program's own text.
"""

import importlib.util
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from tools.test_coverage.analyse.raw_coverage import RawFile, Sources
from tools.test_coverage.data.file_coverage import FileCoverage, Files
from tools.test_coverage.data.run import digest

_PROGRAM = Path(__file__).parents[1]


def analyse(
    raw: Mapping[str, RawFile], sources: Sources, before: Files
) -> dict[str, FileCoverage]:
    """Return the coverage of every file, in order.

    Args:
        raw: what tests ran of each file.
        sources: the files.
        before: the coverage of an earlier run.
    """
    digests = source_digests(raw, sources)
    keys = {
        path: digest([digests[path].encode(), repr(file).encode()])
        for path, file in raw.items()
    }
    known = {path: before.get(path) for path in raw}
    files = {
        path: file for path, file in known.items() if file and file.key == keys[path]
    }
    fresh = [(path, file) for path, file in raw.items() if path not in files]
    if fresh:
        # Most runs find little to analyse, and importing coverage.py takes longer than they.
        from tools.test_coverage.analyse.analyser import Analyser  # noqa: PLC0415
        from tools.test_coverage.pool import spread  # noqa: PLC0415

        for (path, _), file in zip(
            fresh, spread(fresh, Analyser, sources), strict=True
        ):
            files[path] = replace(file, source=digests[path], key=keys[path])
    return {path: files[path] for path in raw}


def source_digests(paths: Iterable[str], sources: Sources) -> dict[str, str]:
    """Return the digest of each source and of what analyses it; empty where it is gone."""
    program = _program_digest(sources.settings).encode()
    files = {path: sources.root / path for path in paths}
    return {
        path: digest([program, file.read_bytes()]) if file.is_file() else ""
        for path, file in files.items()
    }


def _program_digest(settings: Path) -> str:
    files = [settings]
    for room in ("analyse", "data"):
        files += sorted((_PROGRAM / room).glob("*.py"))
    spec = importlib.util.find_spec("coverage")
    if spec and spec.origin:
        # Read, not imported: importing coverage.py takes longer than all the rest.
        files.append(Path(spec.origin).with_name("version.py"))
    return digest([sys.version.encode(), *(path.read_bytes() for path in files)])
