"""Tests of how names of distributions are written."""

import pytest

from tools.workspace.names import label_name, normalise


@pytest.mark.parametrize("name", ["zope-foo", "Zope.Foo", "zope__foo", "zope--.foo"])
def test_every_spelling_is_one_name(name: str) -> None:
    assert normalise(name) == "zope-foo"
    assert label_name(name) == "zope_foo"
