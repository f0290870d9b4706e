"""Tests of how projects stand, and how that is shown."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tools.build_files.reader import BuildFile
from tools.graph.dependencies import Graph
from tools.image.publish.plan import Part, Plan
from tools.project_status import __main__ as command
from tools.project_status.badge import BAD, GOOD, draw_badge, fields_of
from tools.project_status.projects import Project, gather, projects_of
from tools.test_coverage.data.file_coverage import FileCoverage
from tools.test_coverage.data.run import Run
from tools.test_coverage.report.floors import Floor, Floors

DIGEST = "sha256:" + "0123456789ab" + "f" * 52
PLAN = Plan(
    "//services/shop:image",
    "registry.example/shop",
    ("c0ffee",),
    (Part(DIGEST, ""),),
)
RUN = Run(
    files={
        "libs/price/price.py": FileCoverage(lines={1: 1, 2: 0}),
        "services/shop/app.py": FileCoverage(lines={1: 1}),
    },
    tests=frozenset(
        {"//libs/price/tests:test_price", "//services/shop/tests:test_app"}
    ),
    failed=("//services/shop/tests:test_jobs",),
    unmeasured=("//libs/price:starlark_test",),
)
FLOORS = Floors(general=Floor(lines=80))
EDGES = {
    "//services/shop:app": ["//libs/price", "@pip//numpy"],
    "//libs/price/tests:test_price": ["//libs/price"],
    "//libs/price": [],
}
PACKAGES = ["", "libs", "libs/price", "libs/price/tests", "services/shop", "tools/x"]


@pytest.fixture
def projects() -> list[Project]:
    names = projects_of(PACKAGES, ("libs", "services"))
    commits = dict.fromkeys(names, "") | {"libs/price": "c0ffee of 2026-01-02"}
    return gather(commits, RUN, FLOORS, EDGES, [PLAN])


def test_what_is_known_is_joined_by_project(projects: list[Project]) -> None:
    price, shop = projects

    assert (price.name, price.passed, price.failed) == ("libs/price", 2, ())
    assert price.users == ("services/shop",)
    assert price.commit == "c0ffee of 2026-01-02"
    assert not price.is_covered
    assert (shop.passed, shop.failed) == (1, ("//services/shop/tests:test_jobs",))
    assert (shop.images, shop.users, shop.commit) == ((PLAN,), (), "")
    assert shop.is_covered


def test_badge_says_it_in_one_line(projects: list[Project]) -> None:
    price, shop = projects

    assert [color for _, color in fields_of(price)][1:] == [GOOD, BAD]
    assert [text for text, _ in fields_of(shop)] == [
        "services/shop",
        "1 failed",
        "100.0 %",
        "0123456789ab",
    ]
    picture = ElementTree.fromstring(draw_badge(shop))
    assert picture.get("aria-label") == "services/shop, 1 failed, 100.0 %, 0123456789ab"


def test_page_has_a_row_for_each(tmp_path: Path, projects: list[Project]) -> None:
    command.write_site(tmp_path, projects, "c0ffee" * 6)

    page = (tmp_path / "projects.html").read_text()
    assert page.count('<th scope="row">') == 2
    assert "1 failed</strong>: //services/shop/tests:test_jobs" in page
    assert "registry.example/shop:c0ffee" in page
    assert (tmp_path / "badges/services-shop.svg").exists()


def test_readme_shows_what_a_site_publishes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))
    readme = tmp_path / "README.md"
    readme.write_text("| `libs/price` | prices |\n")

    assert command.main(["--readme"]) == 2
    assert "Fix: say it by --site URL." in capsys.readouterr().err
    assert command.main(["--readme", "--site=https://acme.example/"]) == 0

    shown = readme.read_text()
    assert "(https://acme.example/badges/libs-price.svg)" in shown
    assert command.main(["--readme"]) == 0
    assert readme.read_text() == shown


def test_all_of_it_comes_from_the_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def git(_: Path, *arguments: str) -> str:
        return f"{arguments[-1]} of 2026-01-02\n"

    files = [BuildFile("", f"{package}/BUILD.bazel") for package in PACKAGES]
    failed = ["failed   //services/bad:image_plan: it doesn't build"]
    monkeypatch.setattr(command, "git", git)
    monkeypatch.setattr(command, "is_shallow", lambda _: False)
    monkeypatch.setattr(command, "last_run", lambda _: RUN)
    monkeypatch.setattr(command, "read_workspace", lambda _: files)
    monkeypatch.setattr(command, "read_plans", lambda *_: ([PLAN], failed))
    monkeypatch.setattr(command, "read_graph", lambda *_: Graph(EDGES, {}))
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("BUILD_WORKING_DIRECTORY", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "coverage.toml").write_text("[floor]\nlines = 80\n")
    (tmp_path / "site").mkdir()
    (tmp_path / "site/style.css").touch()

    code = command.main(["--output=site"])
    said = capsys.readouterr()

    assert code == 0
    assert "libs/price of 2026-01-02" in (tmp_path / "site/projects.html").read_text()
    assert said.err == (
        f"{failed[0]}\n"
        "2 projects; with a failed test, or under a floor: libs/price, services/shop\n"
    )


def test_shallow_clone_names_no_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "is_shallow", lambda _: True)

    assert command.last_commits(Path(), ["libs/price"]) == {"libs/price": ""}


def test_no_coverage_page_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "MODULE.bazel").touch()
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("BUILD_WORKING_DIRECTORY", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    assert command.main(["--output", "site"]) == 2
    assert (
        "Fix: bazel run //tools/test_coverage -- --output site"
        in capsys.readouterr().err
    )
