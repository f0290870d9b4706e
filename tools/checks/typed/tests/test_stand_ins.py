"""Tests of what stands in for modules that mypy imports."""

import pytest

from tools.checks.typed.stand_ins import OneThread, wait


def fail() -> None:
    raise ValueError("wrong")


def test_calls_return_and_raise_when_they_are_asked() -> None:
    with OneThread(max_workers=2) as pool:
        right, wrong = pool.submit(divmod, 7, 2), pool.submit(fail)
    waited = wait([right, wrong])

    assert waited.done == {right, wrong}
    assert not waited.not_done
    assert right.result() == (3, 1)
    with pytest.raises(ValueError, match="wrong"):
        wrong.result()
