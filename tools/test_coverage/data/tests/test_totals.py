"""Tests of adding up."""

import pytest

from tools.test_coverage.data.file_coverage import Branch, FileCoverage
from tools.test_coverage.data.totals import Share, Totals, by_scope, of_files, scope_of


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("libs/ml/model.py", "libs/ml"),
        ("libs/ml/deep/model.py", "libs/ml"),
        ("services/api/app.py", "services/api"),
        ("tools/x.py", "tools"),
        ("docs/conf/x.py", "docs"),
        ("setup.py", "."),
    ],
)
def test_scope_is_the_projects_folder(path: str, scope: str) -> None:
    assert scope_of(path) == scope


def test_totals_of_files_add_up() -> None:
    one = FileCoverage({1: 1, 2: 0}, {Branch(1, 0, 2): 1, Branch(1, 0, 0): 0})
    two = FileCoverage({1: 3})

    assert of_files([one, two]) == Totals(Share(2, 3), Share(1, 2))


def test_scopes_are_in_order() -> None:
    report = {path: FileCoverage() for path in ("tools/b/x.py", "libs/a/y.py", "z.py")}

    assert list(by_scope(report)) == [".", "libs/a", "tools/b"]


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Share(0, 0), "-"),
        (Share(0, 3), "0.0 %"),
        (Share(2, 3), "66.6 %"),
        (Share(9999, 10000), "99.9 %"),
        (Share(3, 3), "100.0 %"),
    ],
)
def test_share_is_never_rounded_up(share: Share, text: str) -> None:
    assert share.text == text
