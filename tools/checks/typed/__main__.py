"""Checks the types of one target; the program of the action MypyCheck.

Invoked by Bazel as: typed @ARGUMENTS, or as a persistent worker: typed --persistent_worker
The arguments: --target=LABEL --report=FILE --output=FILE --config=pyproject.toml
--source=FILE… --root=FOLDER… --types=FILE… [--silent]
"""

import gc
import sys
from collections.abc import Sequence

from tools.checks.typed.stand_ins import stand_in


def main(argv: Sequence[str]) -> int:
    """Check, without importing what mypy imports and this program never calls."""
    stand_in()
    # What is imported stays, and what is left ends with the process: collecting it costs a fifth of a check.
    gc.disable()
    from tools.checks.typed import service  # noqa: PLC0415  # after the stand-ins

    gc.freeze()
    gc.enable()
    exit_code = service.main(argv)
    gc.freeze()
    return exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
