"""Tests of what is said of modules that an image can't import."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools.image.boot.sandbox import Machine
from tools.image.conformance.starting import import_problems
from tools.image.oci.layout import Image


@dataclass(frozen=True)
class Saying(Machine):
    """An image whose interpreter says what a test wants."""

    lines: Sequence[str] = ()

    def arguments(self, command: Sequence[str]) -> list[str]:
        """Return the command that says it."""
        return ["printf", "%s\\n", *self.lines]


@pytest.mark.parametrize(
    ("error", "fix"),
    [
        ("ImportError: no such name", ""),
        ("ModuleNotFoundError: No module named 'shop.testing'", ""),
        (
            "ModuleNotFoundError: No module named 'attr.core.tests.data'",
            "\nFix: name its distribution in TESTS_KEPT of image_layers.bzl.",
        ),
    ],
)
def test_test_folder_that_images_leave_out_is_named(
    tmp_path: Path, error: str, fix: str
) -> None:
    said = [f"failed /app/a.py: {error}", "done all"]
    machine = Saying("", Image(tmp_path), tmp_path, lines=said)

    problems = import_problems(machine, ["a.py"])
    assert problems == [f"/app/a.py: {error} (at its import){fix}"]
