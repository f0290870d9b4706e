"""Tests of the site in Chromium: what a reader clicks, types and sees."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.browser.chromium import Browser, browser
from tools.test_coverage.analyse.cache import analyse
from tools.test_coverage.analyse.raw_coverage import RawFile, Sources
from tools.test_coverage.data.run import Point, Run
from tools.test_coverage.html.site import Site
from tools.test_coverage.html.views import build_index
from tools.test_coverage.report.floors import Floor, Floors

EVIL = "<script>alert(1)</script>"
SOURCE = f'''\
"""A module with {EVIL} in it."""


def sign(number):
    if number < 0:
        return "{EVIL}"
    return "positive"


def never():
    return 1


def debug():  # pragma: no cover
    return 2
'''
ARCS = "[[1,1],[4,4],[5,5],[5,7],[7,7],[10,10]]"
IMPORT_ONLY = "[[1,1],[4,4],[10,10]]"
PATHS = (
    "libs/ml/model.py",
    "libs/ml/training/train.py",
    "libs/telemetry/tracing.py",
    "services/api/app.py",
    "services/api/routes.py",
    "tools/testing/contract.py",
)
PLAIN = "libs/telemetry/plain.py"
# Of whose scope 55.5 % ran.
LEAST = 54


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a small site as the program does."""
    root = tmp_path_factory.mktemp("site")
    (root / "pyproject.toml").write_text("")
    raw = {}
    for number, path in enumerate(PATHS):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(SOURCE + f"\n\nname_{number} = 1\n" * number)
        arcs = (ARCS, IMPORT_ONLY) if number % 2 == 0 else (IMPORT_ONLY,)
        tests = ("//libs/ml/tests:test_model", "//services/api/tests:test_app")
        raw[path] = RawFile(
            {text: [test] for text, test in zip(arcs, tests, strict=False)}
        )
    (root / PLAIN).write_text("A = 1\n")
    raw[PLAIN] = RawFile({"[[1,1]]": ["//libs/ml/tests:test_model"]})
    history = tuple(
        Point(str(n), n, 40 + n, 80, 1, 2, {"libs/ml": 40.0 + n}) for n in range(8)
    )
    run = Run(analyse(raw, Sources(root, root / "pyproject.toml"), {}), history=history)
    floors = Floors(
        Floor(10),
        {
            "libs/telemetry": Floor(LEAST),
            "services/api": Floor(99),
            "tools/testing": Floor(10, 50),
        },
    )
    index = build_index(run, floors, [f"Only //libs/ml/... ran {EVIL}"])
    return Site(root / "site").write(run.files, root, index)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start Chromium once."""
    with browser(str(Path(os.environ["CHROMIUM"]).absolute())) as page:
        yield page


@pytest.fixture
def page(chromium: Browser, index: Path) -> Iterator[Browser]:
    """Open the index, and hold at the end that nothing went wrong or left the site."""
    chromium.errors.clear()
    chromium.requests.clear()
    chromium.prefer("light")
    chromium.open("about:blank")
    chromium.open(index.as_uri())
    chromium.run("try { localStorage.clear() } catch {}")
    chromium.open(index.as_uri())
    yield chromium
    assert chromium.errors == []
    folder = index.parent.as_uri()
    assert [
        url for url in chromium.requests if not url.startswith((folder, "about:"))
    ] == []


def visible(page: Browser) -> list[str]:
    """Return the paths of the files in the table, as they stand."""
    rows = "[...document.querySelectorAll('#file-table tbody tr')]"
    got: list[str] = page.run(f"{rows}.filter(r => !r.hidden).map(r => r.dataset.path)")
    return got


def file_page(page: Browser, index: Path, path: str) -> None:
    page.open(f"{index.parent.as_uri()}/files/{path}.html")


def test_search_leaves_the_files_that_match(page: Browser) -> None:
    page.type("/")
    page.type("Ing")

    assert visible(page) == [
        "libs/ml/training/train.py",
        "libs/telemetry/tracing.py",
        "tools/testing/contract.py",
    ]
    assert page.run("document.activeElement.id") == "search"
    assert page.run("document.getElementById('found').textContent") == "3 files"


def test_head_of_a_column_sorts_by_number_and_back(page: Browser) -> None:
    head = "#file-table thead th:nth-child(3)"
    page.click(f"{head} button")
    up = visible(page)
    ascending = page.run(f"document.querySelector('{head}').getAttribute('aria-sort')")
    page.click(f"{head} button")

    missing = "[...document.querySelectorAll('#file-table tbody td:nth-child(3)')]"
    numbers = page.run(f"{missing}.map(cell => Number(cell.textContent))")
    assert numbers == sorted(numbers, reverse=True)
    assert ascending == "ascending"
    assert len(up) == len([*PATHS, PLAIN])


def test_head_of_a_column_sorts_by_keyboard(page: Browser) -> None:
    page.run("document.querySelector('#scopes thead th:nth-child(1) button').focus()")
    page.press("Enter")
    page.press("Enter")

    names = "[...document.querySelectorAll('#scopes tbody th')].map(cell => cell.textContent)"
    assert page.run(names) == [
        "tools/testing",
        "services/api",
        "libs/telemetry",
        "libs/ml",
    ]


def test_scope_shows_its_files(page: Browser) -> None:
    page.click("[data-scope='services/api']")

    assert visible(page) == ["services/api/app.py", "services/api/routes.py"]


def test_scope_under_its_floor_is_marked(page: Browser) -> None:
    under = "[...document.querySelectorAll('#scopes tr.under th')].map(cell => cell.textContent)"

    assert page.run(under) == ["services/api", "tools/testing"]


def test_tree_has_folders_and_files(page: Browser) -> None:
    page.click("#as-tree")
    closed = page.run("document.querySelectorAll('#tree a').length")
    page.click("#tree summary")
    page.wait_for("document.querySelectorAll('#tree details').length === 5")
    folders = page.run(
        "[...document.querySelectorAll('#tree summary')].map(s => s.firstChild.data)"
    )

    assert closed == 0
    assert folders == ["libs", "ml", "telemetry", "services", "tools"]
    assert page.run("document.getElementById('file-table').hidden") is True


def test_file_opens_from_the_index(page: Browser) -> None:
    page.click("a[href='files/libs/ml/model.py.html']")
    page.wait_for("document.querySelector('.source') !== null")

    assert page.run("document.querySelector('h1').textContent") == "libs/ml/model.py"


def test_lines_show_what_ran(page: Browser, index: Path) -> None:
    file_page(page, index, "libs/ml/model.py")

    states = page.run(
        "[...document.querySelectorAll('.source tbody tr')].map(r => r.className)"
    )
    assert states[3] == "ran"
    assert states[4] == "partial"
    assert states[5] == "missed"
    assert states[14] == "excluded"
    why = page.run("document.querySelector('#L5 .why').textContent")
    assert why.startswith("line 5 didn't jump to line 6")


def test_count_opens_the_tests_that_ran_the_line(page: Browser, index: Path) -> None:
    file_page(page, index, "libs/ml/model.py")
    page.click("#L4 td:nth-child(2) a")
    both = page.run("document.querySelector('.tests.open').innerText")
    page.press("Escape")
    gone = page.run("document.querySelector('.tests.open')")
    page.click("#L7 td:nth-child(2) a")
    one = page.run("document.querySelector('.tests.open').innerText")

    assert "//libs/ml/tests:test_model" in both
    assert "//services/api/tests:test_app" in both
    assert gone is None
    assert "//services/api/tests:test_app" not in one


def test_keys_jump_between_gaps(page: Browser, index: Path) -> None:
    file_page(page, index, "libs/ml/model.py")
    page.type("n")
    first = page.run("location.hash")
    page.type("n")
    second = page.run("location.hash")
    page.type("p")

    assert (first, second) == ("#L5", "#L11")
    assert page.run("location.hash") == "#L5"


def test_source_with_a_script_in_it_is_text(page: Browser, index: Path) -> None:
    file_page(page, index, "libs/ml/model.py")

    assert EVIL in page.run("document.querySelector('#L1 td:last-child').textContent")
    assert page.run("document.querySelectorAll('script').length") == 1


def background(page: Browser) -> str:
    got: str = page.run("getComputedStyle(document.body).backgroundColor")
    return got


LIGHT, DARK = "rgb(255, 255, 255)", "rgb(20, 23, 27)"


def test_page_is_dark_where_the_system_is(page: Browser) -> None:
    light = background(page)
    page.prefer("dark")

    assert (light, background(page)) == (LIGHT, DARK)


def test_button_turns_dark_on_and_the_choice_stays(page: Browser, index: Path) -> None:
    page.click("#theme")
    dark = background(page)
    file_page(page, index, "libs/ml/model.py")
    kept = background(page)
    page.click("#theme")

    assert (dark, kept, background(page)) == (DARK, DARK, LIGHT)


def test_everything_is_readable(page: Browser, index: Path) -> None:
    """Hold text to a contrast of 4.5, as WCAG asks, in both schemes and on both pages."""
    for scheme in ("light", "dark"):
        page.prefer(scheme)
        for url in (
            index.as_uri(),
            f"{index.parent.as_uri()}/files/libs/ml/model.py.html",
        ):
            page.open(url)
            assert page.run(CONTRAST) == []


# Returns the texts whose contrast with what is behind them is under 4.5.
CONTRAST = """
(() => {
  const channel = (value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (color) => {
    const [r, g, b] = numbers(color).map(channel);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      const [, , , alpha = 1] = numbers(color);
      if (alpha > 0) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const poor = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !element.checkVisibility()) continue;
    const a = luminance(getComputedStyle(element).color);
    const b = luminance(behind(element));
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) poor.push(`${element.textContent.trim().slice(0, 30)}: ${contrast}`);
  }
  return poor;
})()
"""


def test_controls_and_tables_have_names(page: Browser) -> None:
    tree = page.call("Accessibility.getFullAXTree")["nodes"]

    roles = ("button", "link", "searchbox", "columnheader", "rowheader", "image")
    nodes = [node for node in tree if node.get("role", {}).get("value") in roles]
    unnamed = [node for node in nodes if not node.get("name", {}).get("value")]
    assert len(nodes) > 20
    assert unnamed == []


def narrow(page: Browser) -> None:
    """Show the page as a phone does."""
    page.call(
        "Emulation.setDeviceMetricsOverride",
        width=390,
        height=844,
        deviceScaleFactor=2,
        mobile=True,
    )


def test_phone_shows_every_percentage(page: Browser, index: Path) -> None:
    narrow(page)
    page.open(index.as_uri())

    boxes = "[...document.querySelectorAll('.sortable .percent')].map(p => p.getBoundingClientRect())"
    seen = page.run(f"{boxes}.map(box => box.width > 0 && box.right <= innerWidth)")
    wide = page.run("document.documentElement.scrollWidth")
    page.call("Emulation.clearDeviceMetricsOverride")
    assert len(seen) == 2 * (4 + len([*PATHS, PLAIN]))
    assert all(seen)
    assert wide == 390


def test_file_without_branches_has_no_bar(page: Browser) -> None:
    row = "document.querySelector('[data-path=\"libs/telemetry/plain.py\"]')"
    cell = f"{row}.cells[3]"

    assert page.run(f"{cell}.textContent.trim()") == "none"
    assert page.run(f"{cell}.querySelector('.bar')") is None


def test_scopes_at_their_floor_come_first(page: Browser) -> None:
    assert page.run("document.getElementById('under').textContent") == (
        "Under a floor: services/api, tools/testing"
    )
    assert page.run("document.getElementById('near').textContent") == (
        "Just above a floor: libs/telemetry"
    )
    near = "[...document.querySelectorAll('#scopes tr.near th')].map(cell => cell.textContent)"
    assert page.run(near) == ["libs/telemetry"]


def test_lines_that_never_ran_are_listed_and_lead_there(
    page: Browser, index: Path
) -> None:
    listed = "[...document.querySelectorAll('#gaps a')].map(a => a.textContent)"
    page.click("[data-path='libs/ml/model.py'] td:last-child a")
    page.wait_for("document.querySelector('.source') !== null")

    assert page.run("location.hash") == "#L6"
    assert page.run(listed) == ["6", "11"]


def test_question_mark_shows_the_keys(page: Browser, index: Path) -> None:
    page.type("?")
    assert page.run("document.getElementById('keys').open") is True
    assert "searches" in page.run("document.getElementById('keys').innerText")
    page.press("Escape")
    assert page.run("document.getElementById('keys').open") is False

    file_page(page, index, "libs/ml/model.py")
    page.click("#keys-button")
    assert "previous" in page.run("document.getElementById('keys').innerText")


def test_screenshot_of_the_index_is_kept(page: Browser) -> None:
    folder = Path(
        os.environ.get("TEST_UNDECLARED_OUTPUTS_DIR", os.environ["TEST_TMPDIR"])
    )
    page.screenshot(folder / "index.png", 1100, 760)

    assert (folder / "index.png").read_bytes().startswith(b"\x89PNG")
