"""A test case of unittest runs under pytest_test, whichever plugins are left out."""

import unittest


class TestOfUnittest(unittest.TestCase):
    """What a project that comes in may be full of."""

    def setUp(self) -> None:
        self.number = 6

    def test_set_up_comes_first(self) -> None:
        assert self.number == 6
