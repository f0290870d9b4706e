"""Tests of giving tags to images that a registry has, with Bazel played by a list."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools.image.oci.layout import Image
from tools.image.publish import push_all
from tools.image.publish.client import run
from tools.image.publish.registry import Registry
from tools.image.publish.tag import Place, TagError, find_project, main, tag_all
from tools.registry import serving
from tools.workspace.folder import WorkspaceError

CRANE = os.path.abspath(os.environ["CRANE"])
REGISTRY = Registry(CRANE)
IMAGE = Path(os.environ["IMAGE"])
OTHER = "sha256:" + "0" * 64


@dataclass
class Targets:
    """Two projects with an image; builds the names of their repositories."""

    folder: Path
    address: str = ""

    def find(self, _expression: str) -> tuple[list[str], bool]:
        return ["//services/shop:image_plan", "//services/till/app:image_plan"], True

    def build(self, labels: Iterable[str]) -> dict[str, list[Path]]:
        path = self.folder / "repository.txt"
        path.write_text(f"{self.address}/services/shop\n")
        if "//services/shop:image_repository" not in labels:
            return {}
        return {"//services/shop:image_repository": [path]}


@pytest.fixture
def address() -> Iterator[str]:
    with serving.running(CRANE) as found:
        yield found


@pytest.fixture
def place(address: str) -> Place:
    """Return an image that a registry on loopback has."""
    found = Place(f"{address}/services/shop", Image(IMAGE).digest)
    REGISTRY.push(IMAGE, found.reference)
    return found


@pytest.mark.parametrize("name", ["shop", "services/shop"])
def test_project_is_known_by_its_name_and_its_folder(tmp_path: Path, name: str) -> None:
    # pyrefly: ignore[bad-argument-type]
    found = find_project(Targets(tmp_path), name)

    assert found == ("services/shop", ["//services/shop:image_plan"])


def test_unknown_project_names_a_near_one(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=r"such as services/till\."):
        # pyrefly: ignore[bad-argument-type]
        find_project(Targets(tmp_path), "services/tell")


def test_release_is_given_once_and_never_moves(place: Place) -> None:
    assert tag_all(REGISTRY, [place], "v1.0", is_whole=True) == [place]
    assert tag_all(REGISTRY, [place], "v1.0", is_whole=True) == [place]
    assert REGISTRY.digest(f"{place.repository}:v1.0") == place.digest

    moved = place._replace(digest=second_image(place))
    with pytest.raises(TagError, match="a release never moves"):
        tag_all(REGISTRY, [moved], "v1.0", is_whole=True)

    assert REGISTRY.digest(f"{place.repository}:v1.0") == place.digest


def second_image(place: Place) -> str:
    """Send another image, and return its digest."""
    run(
        [CRANE, "mutate", place.reference, "--label=a=b", f"--tag={place.repository}:b"]
    )
    return REGISTRY.digest(f"{place.repository}:b")


def test_latest_goes_back_to_a_digest(place: Place) -> None:
    later = place._replace(digest=second_image(place))
    tag_all(REGISTRY, [later], "latest", is_whole=True)

    tag_all(REGISTRY, [place], "latest", is_whole=False)

    assert REGISTRY.digest(f"{place.repository}:latest") == place.digest


@pytest.mark.parametrize(
    ("is_whole", "fix"), [(True, "push_all"), (False, "a digest of a delivered.json")]
)
def test_image_that_is_not_there_gets_no_tag(
    place: Place, fix: str, *, is_whole: bool
) -> None:
    with pytest.raises(TagError, match=f"lacks it.\nFix: .*{fix}"):
        tag_all(REGISTRY, [place._replace(digest=OTHER)], "v2", is_whole=is_whole)

    assert REGISTRY.tags(place.repository) == []


@pytest.fixture
def call(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., int]:
    """Give the command, in a workspace of those targets."""
    address = place.repository.partition("/")[0]
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))
    monkeypatch.setattr(push_all, "Targets", lambda *_: Targets(tmp_path, address))
    fixed = [f"--crane={CRANE}", "--registry-file=none", f"--registry={address}"]
    return lambda *words: main([*fixed, *words])


def test_command_says_what_it_gave(
    call: Callable[..., int], place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("shop/latest", f"--digest={place.digest}") == 0
    assert capsys.readouterr().out == (f"{place.repository}:latest is {place.digest}\n")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("shop/latest", f"--digest={OTHER}"), 1, "the registry lacks it.\nFix: "),
        (("shopp/latest", f"--digest={OTHER}"), 2, "Fix: name another, such as "),
        (("shop/latest", "--digest=nonsense"), 1, "Fix: "),
        (("till/latest", f"--digest={OTHER}"), 2, "what doesn't build."),
    ],
)
def test_refusal_has_an_exit_code_and_a_fix(
    call: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    assert call(*words) == code
    assert said in capsys.readouterr().err
