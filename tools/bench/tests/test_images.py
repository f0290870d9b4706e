"""Tests of what is made of pushes and starts."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from tools.bench import images
from tools.bench.tests.recorded import Recorded

MODULE = "tools/image/example/__main__.py"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorded:
    """Give a checkout whose pushes send 300 bytes, and 9,000 at first."""
    counter = SimpleNamespace(address="127.0.0.1:5000", sent=0)

    def cost(_: tuple[str, ...]) -> float:
        counter.sent += 300 if counter.sent else 9_000
        return 1.5

    @contextmanager
    def registry() -> Iterator[SimpleNamespace]:
        yield counter

    made = Recorded(tmp_path, cost)
    made.write(MODULE, "PORT = 1\n")
    made.keep_time(monkeypatch)
    layers = [{"size": 7_000}, {"size": 100}]
    monkeypatch.setattr(images, "counted_registry", registry)
    monkeypatch.setattr(images, "image_of", lambda *_: SimpleNamespace(layers=layers))
    return made


def test_pushes_count_what_an_edit_sends(checkout: Recorded) -> None:
    seconds, ratio = images.pushes(checkout)

    assert seconds.samples == (1.5,) * images.ROUNDS
    assert ratio.samples == (3.0,) * images.ROUNDS
    assert checkout.calls[0] == (
        "run",
        f"//{images.FOLDER}:push",
        "--//tools/image:registry=127.0.0.1:5000",
    )
    source = (checkout.root / MODULE).read_text()
    assert source.count("EDITED = ") == images.ROUNDS + 1


def test_failing_push_stops_the_measure_and_is_named(checkout: Recorded) -> None:
    checkout.exit_code = 1

    with pytest.raises(SystemExit, match="bazel run //tools/image/example:push"):
        images.pushes(checkout)


def test_registry_needs_crane(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    with (
        pytest.raises(SystemExit, match="crane isn't on the PATH"),
        images.counted_registry(),
    ):
        pass


def test_image_is_where_the_build_puts_it(tmp_path: Path) -> None:
    found = images.image_of(Recorded(tmp_path))

    assert found.folder == tmp_path / "workspace/bazel-bin/tools/image/example/image"
