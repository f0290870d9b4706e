"""Tests of how the checks of types are counted, and of what is edited."""

import os
from pathlib import Path

from tools.bench import type_checks
from tools.bench.tests.recorded import Recorded
from tools.nested.checkout import Result


class Logging(Recorded):
    """Writes a log of executions as Bazel does: an interface edit checks three targets, a body's one."""

    def bazel(self, *arguments: str, **_: object) -> Result:
        """Record a call, and write its log."""
        self.take(*arguments)
        is_body = "return 1" in self.seen[-1][type_checks.LIBRARY]
        spawn = f'"mnemonic": "{type_checks.MNEMONIC}"\n'
        (self.root / "types.log").write_text(spawn * (1 if is_body else 3))
        return Result(0, "", "")


def test_edit_of_a_body_and_of_an_interface_are_told_apart(tmp_path: Path) -> None:
    checkout = Logging(tmp_path)
    library = checkout.root / type_checks.LIBRARY
    server = checkout.output_base / "server"
    for folder in (library.parent, server):
        folder.mkdir(parents=True)
    library.write_text("A = 1\n")
    (server / "server.pid.txt").write_text(str(os.getpid()))

    *_, bodies = type_checks.types(checkout)

    assert type_checks.checked(checkout) == 1
    assert bodies.samples == (1.0,) * type_checks.ROUNDS
