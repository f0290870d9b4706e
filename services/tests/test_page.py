"""Tests the page as a person uses it: a digit is drawn with the mouse in Chromium."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.tests.programs import Program, start_api, start_worker
from tools.browser.chromium import Browser, browser

# Strokes over the drawing area, from 0 at its left and top to 1.
ONE = [[(0.5, 0.15), (0.5, 0.5), (0.5, 0.85)]]
ZERO = [
    [(0.5, 0.1), (0.3, 0.2), (0.22, 0.5), (0.3, 0.8), (0.5, 0.9)],
    [(0.5, 0.9), (0.7, 0.8), (0.78, 0.5), (0.7, 0.2), (0.5, 0.1)],
]
SEVEN = [[(0.25, 0.15), (0.75, 0.15), (0.6, 0.5), (0.45, 0.85)]]

type Strokes = list[list[tuple[float, float]]]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return an environment that keeps everything in the test's folder."""
    return {"XDG_STATE_HOME": str(tmp_path / "state")}


@pytest.fixture
def api(tmp_path: Path, environment: dict[str, str]) -> Iterator[Program]:
    """Return a running API."""
    with start_api(tmp_path, environment) as program:
        yield program


@pytest.fixture
def page(api: Program) -> Iterator[Browser]:
    """Return the page, in a browser."""
    with browser(os.environ["CHROMIUM"]) as page:
        page.open(api.address)
        yield page


def _draw(page: Browser, strokes: Strokes) -> None:
    box = "JSON.stringify(document.getElementById('canvas').getBoundingClientRect())"
    area = page.run(f"JSON.parse({box})")
    for stroke in strokes:
        page.drag(
            *(
                (area["x"] + x * area["width"], area["y"] + y * area["height"])
                for x, y in stroke
            )
        )


def _answer(page: Browser, button: str) -> str:
    """Press a button, and return what the page says in the end."""
    page.run(f"document.getElementById('{button}').click()")
    text = ""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        text = str(page.run("document.getElementById('answer').textContent"))
        if "…" not in text:
            return text
        time.sleep(0.05)
    raise AssertionError(f"the page still says: {text}")


@pytest.mark.parametrize(("strokes", "digit"), [(ONE, 1), (ZERO, 0), (SEVEN, 7)])
def test_drawn_digit_is_predicted_at_once(
    page: Browser, strokes: Strokes, digit: int
) -> None:
    _draw(page, strokes)

    answer = _answer(page, "predict")

    assert answer.startswith(f"It is a {digit} (")
    assert page.run("document.querySelectorAll('#probabilities li').length") == 10
    assert page.errors == []


def test_drawn_digit_is_predicted_as_a_job(
    page: Browser, tmp_path: Path, environment: dict[str, str]
) -> None:
    with start_worker(tmp_path, environment):
        _draw(page, ZERO)
        answer = _answer(page, "queue")

    assert answer.startswith("It is a 0 (")


def test_page_needs_nothing_from_elsewhere(page: Browser, api: Program) -> None:
    _draw(page, ONE)
    _answer(page, "predict")

    elsewhere = [
        url for url in page.requests if not url.startswith((api.address, "data:"))
    ]
    assert elsewhere == []
    assert page.errors == []


def test_description_of_the_api_needs_nothing_from_elsewhere(
    page: Browser, api: Program
) -> None:
    page.open(f"{api.address}/docs")
    page.wait_for("document.querySelectorAll('.opblock').length >= 5")

    elsewhere = [
        url for url in page.requests if not url.startswith((api.address, "data:"))
    ]
    assert elsewhere == []
    assert page.errors == []


def test_job_that_no_worker_takes_is_told(page: Browser) -> None:
    _draw(page, ZERO)
    page.click("#queue")

    page.wait_for(
        "document.getElementById('answer').textContent.startsWith('No worker has taken')"
    )


def test_buttons_are_large_enough_for_a_finger(page: Browser) -> None:
    sizes = page.run(
        "[...document.querySelectorAll('button')].map(button => {"
        " const box = button.getBoundingClientRect();"
        " return Math.min(box.width, box.height); })"
    )

    assert len(sizes) == 3
    assert min(sizes) >= 44


def test_empty_drawing_asks_for_one_and_clear_empties_it(page: Browser) -> None:
    assert _answer(page, "predict") == "Draw something first."

    _draw(page, ONE)
    page.run("document.getElementById('clear').click()")

    assert _answer(page, "predict") == "Draw something first."


def test_service_that_is_gone_is_told(page: Browser, api: Program) -> None:
    _draw(page, ONE)
    api.kill()

    assert _answer(page, "predict") == "Failed to fetch"
