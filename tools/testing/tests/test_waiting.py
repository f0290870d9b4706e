"""Tests of waits that end."""

import subprocess
import threading

import pytest

from tools.testing.waiting import time_limit, wait_until


def test_claim_that_stays_false_says_what_there_is_instead() -> None:
    with pytest.raises(AssertionError, match=r"^not true within 0.1 s; seen: 3$"):
        wait_until(lambda: False, 0.1, lambda: 3)


def test_wait_that_ends_in_time_is_left_alone() -> None:
    stop = threading.Event()

    with time_limit("the loop", stop.set):
        pass

    assert not stop.is_set()


def test_wait_that_lasts_too_long_is_ended_and_named() -> None:
    stop = threading.Event()

    with (
        pytest.raises(AssertionError, match=r"^the loop: not ended after 0.1 s$"),
        time_limit("the loop", stop.set, 0.1),
    ):
        assert stop.wait(30)


def test_limit_is_named_though_its_end_makes_the_block_fail() -> None:
    with (
        subprocess.Popen(["sleep", "60"], stdout=subprocess.PIPE) as process,
        pytest.raises(AssertionError, match=r"^the greeting: not ended after 0.1 s$"),
        time_limit("the greeting", process.kill, 0.1),
    ):
        assert process.communicate()[0] == b"hello\n"
