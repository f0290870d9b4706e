"""Tests of what a project asks for of PyPI."""

from collections.abc import Sequence

from packaging.requirements import Requirement

from tools.adopt.demands import Demands, Imports, demanded, switches, with_demands
from tools.lock.manifests import Manifest


def wishes(*texts: str) -> list[Requirement]:
    return [Requirement(text) for text in texts]


def asked(
    manifest: Manifest, imports: Imports, *options: str, own: Sequence[Manifest] = ()
) -> list[str]:
    manifest.name = manifest.name or "price-list"
    return [str(r) for r in demanded(manifest, imports, options, own).everything]


def test_what_it_runs_by_is_asked_for_with_its_bounds() -> None:
    manifest = Manifest(
        requirements=wishes("numpy>=2,<3", "six", "win; sys_platform == 'win32'")
    )

    got = asked(manifest, Imports({"numpy"}, {"numpy"}))

    assert got == ["numpy<3,>=2", "six"]


def test_of_what_tests_need_the_imported_and_plugins_count() -> None:
    manifest = Manifest(
        extras={"test": wishes("PyYAML>=6", "python-slugify", "pytest-mock", "ruff")},
        groups={"docs": wishes("sphinx", "pytest-docs", "jinja2", "rich")},
    )
    imports = Imports({"yaml", "slugify", "jinja2", "rich"}, {"yaml", "jinja2"})

    assert demanded(manifest, imports, [], []).unnamed == ["ruff"]
    assert asked(manifest, imports) == [
        "jinja2",
        "pytest-mock",
        "python-slugify",
        "PyYAML",
    ]


def test_an_extra_that_the_tests_ask_for_counts_as_theirs() -> None:
    manifest = Manifest(
        extras={"full": wishes("rich"), "other": wishes("attrs")},
        groups={"dev": wishes("price-list[full]")},
    )

    assert asked(manifest, Imports({"rich", "attrs"}, set())) == ["rich"]


def test_an_extra_called_like_a_module_has_it() -> None:
    manifest = Manifest(extras={"bs4": wishes("beautifulsoup4"), "x": wishes("y")})

    assert asked(manifest, Imports({"bs4"}, set())) == ["beautifulsoup4"]


def test_a_program_that_tests_start_is_asked_for() -> None:
    manifest = Manifest(groups={"dev": wishes("mypy", "ruff")})
    imports = Imports(set(), set(), frozenset({"mypy", "--strict"}))

    assert asked(manifest, imports) == ["mypy"]


def test_an_extra_that_another_project_asks_for_is_asked_for() -> None:
    price = Manifest(
        "price_list", extras={"yaml": wishes("pyyaml>=6"), "xml": wishes("lxml")}
    )
    shop = Manifest("shop", requirements=wishes("price-list[yaml]"))
    own = [price, shop]

    assert asked(shop, Imports(set(), set()), own=own) == ["pyyaml>=6"]
    assert asked(price, Imports({"yaml", "lxml"}, set()), own=own) == ["pyyaml"]


def test_what_bazel_does_itself_loads_where_it_has_options_and_is_off() -> None:
    manifest = Manifest(extras={"test": wishes("pytest-cov", "pytest-xdist")})

    assert asked(manifest, Imports(set(), set())) == []
    assert asked(manifest, Imports(set(), set()), "--cov=x") == ["pytest-cov"]
    assert switches(["pytest-cov", "pytest-xdist"], ["-n", "auto"]) == ["-n0"]


def test_what_is_asked_for_already_stays_as_it_is() -> None:
    demands = Demands(wishes("NumPy>=1", "six"), [])

    got = with_demands("numpy>=2  # sums\n", "libs/price", demands.everything)

    assert got == (
        "numpy>=2  # sums\n\n# libs/price\n"
        "six                                      # libs/price asks for it\n"
    )
    assert with_demands(got, "libs/other", demands.everything) == got
    left = got.replace("\nsix", "\n# six")
    assert with_demands(left, "libs/price", demands.everything) == left


def test_a_part_of_a_shared_package_counts_by_that() -> None:
    manifest = Manifest(extras={"test": wishes("jar.classes", "other.parts")})

    assert asked(manifest, Imports({"jar"}, set())) == ["jar.classes"]
