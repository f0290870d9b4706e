"""Writes what buildifier finds in every BUILD, MODULE and .bzl file; the program of a findings_test.

Invoked by Bazel as: starlark --report=FILE --buildifier=PROGRAM --starlark=FILE…
Exits 0 for findings too: the report is what is cached, and a test fails on it.
"""

import argparse
import ast
import difflib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tools.findings.finding import Finding, format_report
from tools.source_text.decoding import SourceError, decode_starlark
from tools.source_text.parsing import UNPARSABLE
from tools.tree.paths import path_in_tree

# Every warning: a file that means to be warned of says so: `# buildifier: disable=<warning>`.
LINT = ("-lint=warn", "-warnings=all")
FINDINGS_EXIT_CODE = 4
# Besides attributes. buildifier itself reports a provider without a doc.
DOCUMENTED = {
    "analysistest.make",
    "aspect",
    "module_extension",
    "repository_rule",
    "rule",
    "tag_class",
}


class BuildifierError(Exception):
    """buildifier failed, or said something that can't be read."""


def run(
    program: Path, options: Sequence[str], folder: Path, paths: Sequence[str]
) -> str:
    """Return what buildifier prints about files in a folder.

    Raises:
        BuildifierError: buildifier failed.
    """
    done = subprocess.run(
        [program.absolute(), *options, *paths],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, FINDINGS_EXIT_CODE):
        raise BuildifierError(
            f"buildifier failed (exit {done.returncode}): {done.stderr}"
        )
    return done.stdout


def examine(program: Path, files: Mapping[str, bytes]) -> list[Finding]:
    """Return what buildifier finds, which files are no text, and what has no doc; sorted.

    Args:
        program: buildifier.
        files: what each file holds, by its path from the root.
    """
    texts = {}
    own = []
    for path, data in files.items():
        try:
            texts[path] = decode_starlark(data)
        except SourceError as error:
            rule = "buildifier/encoding"
            fix = "save it as UTF-8."
            own.append(Finding(path, error.line, 0, rule, error.text, fix))
        else:
            own += undocumented(path, texts[path])
    return sorted(own + lint(program, texts))


def undocumented(path: str, text: str) -> Iterator[Finding]:
    """Yield attributes and what has them that have no doc, which buildifier overlooks."""
    try:
        tree = ast.parse(text)
    except UNPARSABLE:
        return  # buildifier says where
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or any(
            word.arg == "doc" for word in node.keywords
        ):
            continue
        called = ast.unparse(node.func)
        if called.startswith("attr.") or called in DOCUMENTED:
            yield Finding(
                path=path,
                line=node.lineno,
                column=node.col_offset + 1,
                rule="buildifier/no-doc",
                text=f"this {called}() has no doc",
                fix=f'say what it is for: {called}(doc = "…").',
            )


def lint(program: Path, files: Mapping[str, str]) -> list[Finding]:
    """Return what buildifier finds in texts."""
    if not files:
        return []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path, text in files.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text.encode())
        paths = sorted(files)
        said = run(program, ("-mode=check", "-format=json", *LINT), folder, paths)
        found = list(read(json.loads(said)))
        unformatted = [path for path, finding in found if finding is None]
        if unformatted:
            run(program, ("-mode=fix", "-lint=off"), folder, unformatted)
        return [
            finding
            or misformatted(path, files[path], (folder / path).read_bytes().decode())
            for path, finding in found
        ]


def read(report: Mapping[str, object]) -> Iterator[tuple[str, Finding | None]]:
    """Yield each warning of buildifier's report, and None for a file that isn't formatted."""
    files = report["files"]
    if not isinstance(files, list):
        raise BuildifierError(f"buildifier's report has another form: {report}")
    for file in files:
        path = file["filename"]
        if file["valid"] and not file["formatted"]:
            yield path, None
        for warning in file.get("warnings") or []:
            yield path, Finding(
                path=path,
                line=warning["start"]["line"],
                column=warning["start"]["column"],
                rule=f"buildifier/{warning['category']}",
                text=" ".join(warning["message"].split()),
                fix=warning["url"],
            )
        if not file["valid"]:
            text = "buildifier can't read it"
            yield path, Finding(
                path, 0, 0, "buildifier/syntax", text, "correct the syntax."
            )


def misformatted(path: str, text: str, wanted: str) -> Finding:
    """Return the finding that a file isn't formatted, with the difference."""
    old, new = (t.removesuffix("\n").split("\n") for t in (text, wanted))
    diff = list(difflib.unified_diff(old, new, lineterm=""))[2:]
    matcher = difflib.SequenceMatcher(None, old, new)
    changes = (start for tag, start, *_ in matcher.get_opcodes() if tag != "equal")
    return Finding(
        path=path,
        line=next(changes, 0) + 1,
        column=1,
        rule="buildifier/format",
        text="not formatted as buildifier formats it",
        fix="\n".join([f"bazel run //:fix -- {path}", *diff]),
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Examine the files and write the report."""
    parser = argparse.ArgumentParser(prog="starlark", fromfile_prefix_chars="@")
    parser.add_argument("--report", type=Path, required=True)
    parser.add_argument("--buildifier", type=Path, required=True)
    parser.add_argument("--starlark", action="append", default=[])
    options = parser.parse_args(argv)
    files = {
        path_in_tree(file, "build_files"): Path(file).read_bytes()
        for file in options.starlark
    }
    try:
        report = format_report(examine(options.buildifier, files))
    except BuildifierError as error:
        print(error, file=sys.stderr)
        return 2
    options.report.write_text(report, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
