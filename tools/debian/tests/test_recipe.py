"""Tests of reading the recipe."""

from tools.debian.root import recipe


def test_comments_and_blank_lines_name_no_package() -> None:
    text = "# why\nbazel-bootstrap\n\ngit # what fetches\n"

    got = recipe.parse_packages(text)

    assert got == ["bazel-bootstrap", "git"]


def test_recipe_names_each_package_once_and_in_order() -> None:
    packages = recipe.read_packages()

    assert "bazel-bootstrap" in packages
    assert len(set(packages)) == len(packages)
