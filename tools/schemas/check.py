"""Checks what a command printed as JSON against its schema.

  bazel run //tools/affected -- --format json >affected.json
  bazel run //tools/schemas:check -- affected affected.json

Exit codes: 0 it fits; 1 it doesn't; 2 there is no such schema or file.
"""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner

from tools.workspace.command import plain_parser, unknown_text

FOLDER = Path(__file__).parent
SUFFIX = ".schema.json"


class SchemaError(Exception):
    """A document isn't what its schema describes."""


# Any: whatever a command prints.
def checked(name: str, text: str) -> Any:
    """Return a document that the schema of a command describes.

    Raises:
        SchemaError: it has or lacks a key, or isn't JSON.
    """
    arguments = ["--schemafile", str(FOLDER / f"{name}{SUFFIX}"), "-"]
    done = CliRunner().invoke(check_jsonschema, arguments, input=text)
    if done.exit_code:
        raise SchemaError(done.output)
    return json.loads(text)


def main(argv: Sequence[str] | None = None) -> int:
    """Check a file."""
    parser = plain_parser("//tools/schemas:check", __doc__)
    parser.add_argument("name", metavar="COMMAND", help="the name of its target")
    parser.add_argument("file", metavar="FILE", type=Path, help="what it printed")
    options = parser.parse_args(argv)
    known = [path.name.removesuffix(SUFFIX) for path in FOLDER.glob(f"*{SUFFIX}")]
    if options.name not in known:
        print(unknown_text(options.name, "schema", known), file=sys.stderr)
        return 2
    try:
        called = os.environ.get("BUILD_WORKING_DIRECTORY", "")
        checked(options.name, Path(called, options.file).read_text(encoding="utf-8"))
    except OSError as error:
        print(f"{error}\nFix: name what a command printed.", file=sys.stderr)
        return 2
    except SchemaError as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
