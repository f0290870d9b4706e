"""Lists the commands of this repository, with a line for each.

Invoked as: bazel run //:help [-- --completion]
A command is a target that has the tag `command`; its line is the first sentence of the program's own docstring.
`./bazelw run //:check -- --help` says more of one. A command with `--format json` has a schema in tools/schemas.
Exits 0; 1 where one lacks exit codes, examples or its schema; 2 where the workspace can't be read.

Examples:
  ./bazelw run //:help
  ./bazelw run //:help -- --completion >~/.local/share/bash-completion/completions/bazelw
"""

import ast
import re
import shlex
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from tools.build_files.index import Index
from tools.build_files.workspace import read_targets
from tools.workspace.command import plain_parser
from tools.workspace.folder import WorkspaceError, workspace_folder
from tools.workspace.labels import absolute_label, path_of

TAG = "command"
VERBS = ("build", "coverage", "cquery", "query", "run", "test")
SERVICE = "service"
SCHEMAS = "tools/schemas"


def commands(index: Index) -> dict[str, str]:
    """Return the main file of each command by its label, in the order in which they are listed."""
    labels = [
        call.label for call in index.targets.values() if TAG in call.strings("tags")
    ]
    # Those of the root are the daily ones.
    labels.sort(key=lambda label: (not label.startswith("//:"), label))
    return {label: main_file(index, index.actual(label)) for label in labels}


def services(index: Index) -> dict[str, str]:
    """Return the main file of each service that `//:up` starts, by the label of its program."""
    found = (
        absolute_label(text, call.package)
        for call in index.targets.values()
        if call.function == SERVICE
        for text in call.strings("binary")
    )
    return {label: main_file(index, label) for label in sorted(found)}


def main_file(index: Index, label: str) -> str:
    """Return the path of what a label starts: a program's main file, or the file itself."""
    program = index.targets.get(label)
    if program is None:
        return path_of(label)
    name, *_ = program.strings("main") or program.strings("srcs") or [label]
    return path_of(absolute_label(name, program.package))


def summary(source: str) -> str:
    """Return the first line of a module's docstring, without the full stop."""
    text = ast.get_docstring(ast.parse(source)) or ""
    return text.partition("\n")[0].rstrip(".:")


def incomplete(root: Path, index: Index) -> list[str]:
    """Return the labels of programs whose docstring, which is their help, lacks exit codes or examples."""
    found = []
    for label, path in commands(index).items():
        text = (root / path).read_text(encoding="utf-8")
        is_whole = "Exit" in text and re.search(r"(?m)^  .*bazel run //", text)
        # A plain file, which no target builds, starts another.
        if not is_whole and index.actual(label) in index.targets:
            found.append(label)
    return found


def schema_of(label: str) -> str:
    """Return the path of the schema of what a command prints as JSON."""
    return f"{SCHEMAS}/{re.split('[:/]', label)[-1]}.schema.json"


def prints_json(label: str, source: str) -> bool:
    """Return whether a program has `--format json`: it takes the parser that offers it, or says so."""
    return bool(
        re.search(rf"\bcommand_parser\(|bazel run {label} .*--format json", source)
    )


def without_schema(root: Path, index: Index) -> list[str]:
    """Return the labels of programs that print JSON, and whose schema isn't there."""
    return [
        label
        for label, path in commands(index).items()
        if prints_json(label, (root / path).read_text(encoding="utf-8"))
        and not (root / schema_of(label)).exists()
    ]


def table(root: Path, files: dict[str, str]) -> list[str]:
    """Return a line for each command: how it is called, and what it does."""
    calls = {f"./bazelw run {label}": path for label, path in files.items()}
    width = max(map(len, calls), default=0)
    return [
        f"  {call:<{width}}  {summary((root / path).read_text(encoding='utf-8'))}"
        for call, path in calls.items()
    ]


def completion(labels: Iterable[str]) -> str:
    """Return what has bash complete `bazelw`: its daily commands, the labels given, and files."""
    words = shlex.quote(" ".join([*VERBS, *labels]))
    # A colon is part of a label.
    breaks = "COMP_WORDBREAKS=${COMP_WORDBREAKS//:}"
    return f"{breaks}\ncomplete -o default -W {words} bazelw ./bazelw\n"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the lists."""
    parser = plain_parser("//:help", __doc__)
    parser.add_argument(
        "--completion", action="store_true", help="print the completion of bash instead"
    )
    options = parser.parse_args(argv)
    try:
        root = workspace_folder()
        index, _ = read_targets(root)
        if options.completion:
            print(completion([*commands(index), *services(index)]), end="")
            return 0
        print("Commands; `-- --help` behind one says more of it:")
        print(*table(root, commands(index)), sep="\n")
        print("\nServices; ./bazelw run //:up starts them together:")
        print(*table(root, services(index)), sep="\n")
        lacking = incomplete(root, index)
        undescribed = without_schema(root, index)
    except (WorkspaceError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print("\nTests: ./bazelw test //...   Coverage: ./bazelw coverage //...")
    print(f"JSON: what `--format json` prints is described in {SCHEMAS}")
    for label in lacking:
        print(f"{label}: its help lacks exit codes or examples.", file=sys.stderr)
    if lacking:
        print("Fix: add them to its docstring, as //:up has.", file=sys.stderr)
    for label in undescribed:
        text = f"{label}: what it prints as JSON has no schema.\nFix: write {schema_of(label)}"
        print(text, file=sys.stderr)
    return 1 if lacking or undescribed else 0


if __name__ == "__main__":
    sys.exit(main())
