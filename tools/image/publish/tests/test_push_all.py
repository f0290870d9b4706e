"""Tests of pushing everything, with Bazel and registry played by lists and folders."""

import json
import shutil
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tools.image.oci.layout import Image
from tools.image.publish import push_all
from tools.image.publish.client import RegistryError
from tools.image.publish.deliveries import Deliveries
from tools.image.publish.plan import Part, Plan
from tools.image.publish.push_all import Push, rounds
from tools.schemas.check import checked
from tools.workspace.bazel import Bazel

KINDS = ("image", "image_bom", "image_provenance")


@dataclass
class Targets:
    """Builds what it is asked for, and remembers it."""

    folder: Path
    names: list[str]
    asked: list[set[str]] = field(default_factory=list)

    @property
    def bazel(self) -> Bazel:
        return Bazel(self.folder)

    def find(self, expression: str) -> tuple[list[str], bool]:
        labels = [f"//{name}:image_plan" for name in self.names]
        return labels, "//damaged/..." not in expression

    def build(self, labels: Iterable[str], *_flags: str) -> dict[str, list[Path]]:
        wanted = set(labels)
        self.asked.append(wanted)
        good = sorted(label for label in wanted if "broken" not in label)
        return {label: [self._made(label)] for label in good}

    def _made(self, label: str) -> Path:
        path = self.folder / label.strip("/").replace(":", "_")
        if label.endswith("_plan"):
            name = label.strip("/").partition(":")[0]
            path.write_text(json.dumps(plan_of(name)))
        return path


def plan_of(name: str) -> dict[str, object]:
    parts = [
        {"digest": f"sha256:{kind}", "layout": f"//{name}:{kind}"} for kind in KINDS
    ]
    place = f"registry.example/{name}"
    image = f"//{name}:image"
    return {
        "image": image,
        "repository": place,
        "tags": ["t", "latest"],
        "parts": parts,
    }


class Registry:
    """Has some images by their package and digest or tag, and takes tags; signs, where it is its own signer."""

    def __init__(self, *has: str, **tags: str) -> None:
        self._has = has
        self._tags = tags
        self.tagged: list[str] = []
        self.signed: list[str] = []
        self.signer: Registry | None = None

    def digest(self, reference: str) -> str:
        if "secret" in reference:
            raise RegistryError("unexpected status code 401 Unauthorized")
        name = reference.removeprefix("registry.example/")
        if name in self._has:
            return name.partition("@")[2]
        return self._tags.get(name.partition(":")[2], "")

    def tags(self, _repository: str) -> list[str]:
        return list(self._tags)

    def is_signed(self, repository: str, digest: str) -> bool:
        return not self.signer or f"{repository}@{digest}" in self.signed

    def sign(self, references: list[str]) -> None:
        assert self.tagged == []
        self.signed += references

    def push(self, layout: Path, _reference: str) -> str:
        return f"said of {layout.name}\n"

    def tag(self, reference: str, tags: Iterable[str]) -> None:
        name = reference.removeprefix("registry.example/").partition("@")[0]
        self.tagged += [f"{name}:{tag}" for tag in tags]

    def missing(self, _repository: str, digests: Iterable[str]) -> set[str]:
        return set(digests)


A = tuple(f"a@sha256:{kind}" for kind in KINDS)


@pytest.fixture
def layouts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each layout one blob, and have it sent by crane alone."""

    def sizes(self: object) -> dict[str, int]:
        return {"sha256:blob": 1_500_000}

    monkeypatch.setattr(Image, "blob_sizes", property(sizes))
    monkeypatch.setattr(shutil, "which", lambda _: None)


@pytest.fixture
def sent(layouts: None, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Take pushes in place of a registry; those named `lost` fail."""
    taken: list[str] = []

    def send(push: Push, *_: object) -> str:
        taken.extend(part.layout for part in push.lacking)
        push.failure = "line\nno room" if "lost" in push.plan.image else ""
        return f"said of {push.plan.image}\n"

    monkeypatch.setattr(push_all, "send", send)
    return taken


def delivered(
    targets: Targets,
    registry: Registry,
    pattern: str = "//...",
    deliveries: Deliveries | None = None,
) -> tuple[int, list[Plan]]:
    # pyrefly: ignore[bad-argument-type]
    return push_all.push_all(targets, registry, [pattern], 2, deliveries)


def pushed(targets: Targets, registry: Registry, pattern: str = "//...") -> int:
    return delivered(targets, registry, pattern)[0]


def labels(name: str, *kinds: str) -> set[str]:
    return {f"//{name}:{kind}" for kind in kinds}


def test_only_lacking_images_are_built_and_sent(
    tmp_path: Path, sent: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    targets, registry = Targets(tmp_path, ["a", "b"]), Registry(*A)

    code = pushed(targets, registry)

    assert (code, registry.tagged) == (0, ["a:t", "a:latest"])
    assert sent == [f"//b:{kind}" for kind in KINDS]
    assert targets.asked == [
        {"//a:image_plan", "//b:image_plan"},
        labels("b", *KINDS),
    ]
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        "skipped  //a:image: the registry has it",
        "pushed   //b:image: 1.5 MB of 1.5 MB were new to registry.example/b",
        "1 pushed, 1 skipped, 0 failed; 1,500,000 bytes were new to their repositories",
    ]
    assert "said of //b:image\n" in printed.err


def test_documents_that_the_registry_lacks_are_sent_without_the_image(
    tmp_path: Path, sent: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    targets, registry = Targets(tmp_path, ["a"]), Registry(*A[:2])

    code = pushed(targets, registry)

    assert (code, sent) == (0, ["//a:image_provenance"])
    assert targets.asked[1] == labels("a", "image_provenance")
    assert (
        "skipped  //a:image: the registry has it; sent what it lacked of its documents, 1.5 MB"
        in capsys.readouterr().out
    )


def test_image_that_nothing_is_said_of_is_neither_built_nor_sent(
    tmp_path: Path, sent: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    targets = Targets(tmp_path, ["secret"])

    code = pushed(targets, Registry())

    assert (code, sent, targets.asked[1:]) == (1, [], [set()])
    assert "Fix: log in to registry.example (" in capsys.readouterr().err


def test_package_that_cannot_be_loaded_fails_but_does_not_stop_the_others(
    tmp_path: Path, sent: list[str]
) -> None:
    code = pushed(Targets(tmp_path, ["a"]), Registry(), "//damaged/...")

    assert (code, len(sent)) == (1, 3)


def test_patterns_without_an_image_are_a_mistake(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = pushed(Targets(tmp_path, []), Registry(), "//libs/...")

    assert code == 1
    assert capsys.readouterr().err.startswith("//libs/...: no image is pushed from ")


def test_one_failure_does_not_stop_the_others(
    tmp_path: Path, sent: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    targets = Targets(tmp_path, ["a", "broken", "lost", "z"])

    code = pushed(targets, Registry())

    assert (code, len(sent)) == (1, 9)
    lines = capsys.readouterr().out.splitlines()
    assert "failed   //broken:image_plan: it doesn't build" in lines
    assert "failed   //lost:image: no room" in lines
    assert lines[-1].startswith("2 pushed, 0 skipped, 2 failed; 3,000,000 bytes")


@pytest.mark.parametrize("jobs", ["0", "-1", "many"])
def test_jobs_are_one_or_more(jobs: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        push_all.main(["--crane=c", "--registry-file=f", f"--jobs={jobs}"])

    assert f"'{jobs}' is no number of 1 or more" in capsys.readouterr().err


def waiting(name: str, *new: str) -> Push:
    part = Part(f"sha256:{name}", f"//{name}:image")
    plan = Plan(f"//{name}:image", f"registry.example/{name}", (), (part,))
    return Push(plan, (part,), new=set(new), sizes=dict.fromkeys(new, 1))


def test_no_blob_is_sent_by_two_pushes_at_the_same_time() -> None:
    pushes = [waiting(name, "base", name) for name in "abc"]
    pushes.append(waiting("d", "other"))

    got = [[push.plan.image for push in chosen] for chosen in rounds(pushes)]

    assert got == [["//a:image", "//d:image"], ["//b:image", "//c:image"]]


def test_pushes_of_a_round_go_side_by_side() -> None:
    both = threading.Barrier(2, timeout=20)
    pushes = [waiting("a", "x"), waiting("b", "y")]

    push_all.send_all(pushes, lambda _: str(both.wait() and ""), jobs=2)

    assert not both.broken


def test_interrupt_lets_no_other_round_begin() -> None:
    begun = []

    def send(push: Push) -> str:
        begun.append(push.plan.image)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        push_all.send_all([waiting("a", "x"), waiting("b", "x")], send, jobs=2)

    assert begun == ["//a:image"]


def test_what_the_registry_has_then_is_what_a_deployment_takes(
    tmp_path: Path, sent: list[str]
) -> None:
    targets = Targets(tmp_path, ["a", "b", "lost"])

    code, plans = delivered(targets, Registry(*A))
    document = checked("push_all", push_all.format_delivered("c0ffee", plans))

    assert (code, bool(sent)) == (1, True)
    assert document == {
        "version": 1,
        "commit": "c0ffee",
        "images": [
            {
                "image": f"//{name}:image",
                "repository": f"registry.example/{name}",
                "digest": "sha256:image",
                "tags": ["t", "latest"],
            }
            for name in ("a", "b")
        ],
    }


HISTORY = Deliveries(before=("third", "second", "first"), after=frozenset({"fourth"}))


@pytest.mark.usefixtures("layouts")
@pytest.mark.parametrize(
    ("registry", "tagged", "line"),
    [
        # Nothing was delivered yet.
        (Registry(), ["a:t", "a:latest"], "pushed   //a:image: "),
        # The last delivery was of the same image; an older one isn't asked.
        (
            Registry(first="sha256:old", second="sha256:image"),
            [],
            "skipped  //a:image: as second delivered it",
        ),
        # The image comes back: its tags do, too.
        (
            Registry(*A, first="sha256:image", second="sha256:other"),
            ["a:t", "a:latest"],
            "skipped  //a:image: the registry has it",
        ),
        # A later commit has been delivered: `latest` stays there.
        (Registry(fourth="sha256:new"), ["a:t"], "pushed   //a:image: "),
    ],
)
def test_delivery_moves_no_tag_without_need(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    registry: Registry,
    tagged: list[str],
    line: str,
) -> None:
    code, _ = delivered(Targets(tmp_path, ["a"]), registry, deliveries=HISTORY)

    assert (code, registry.tagged) == (0, tagged)
    assert line in capsys.readouterr().out


@pytest.mark.usefixtures("layouts")
@pytest.mark.parametrize(
    ("registry", "deliveries", "line"),
    [
        (Registry(), None, "pushed   //a:image: 1.5 MB of 1.5 MB were new to "),
        (Registry(*A[:2]), None, "skipped  //a:image: the registry has it; sent what "),
        (Registry(*A), None, "skipped  //a:image: the registry has it; signed it"),
        # An earlier delivery was made without a key.
        (Registry(*A, second="sha256:image"), HISTORY, "skipped  //a:image: the "),
    ],
)
def test_what_is_unsigned_is_signed_before_it_is_tagged(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    registry: Registry,
    deliveries: Deliveries | None,
    line: str,
) -> None:
    registry.signer = registry
    targets = Targets(tmp_path, ["a"])

    first, _ = delivered(targets, registry, deliveries=deliveries)
    told = capsys.readouterr().out.splitlines()[0]

    assert (first, registry.tagged) == (0, ["a:t", "a:latest"])
    assert told.startswith(line)
    assert told.endswith("; signed it")
    assert registry.signed == [f"registry.example/{name}" for name in A]


@pytest.mark.usefixtures("layouts")
def test_what_is_signed_is_not_signed_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    registry = Registry(*A)
    registry.signer = registry
    registry.signed = [f"registry.example/{name}" for name in A]

    code, _ = delivered(Targets(tmp_path, ["a"]), registry)

    assert (code, len(registry.signed)) == (0, len(A))
    assert "skipped  //a:image: the registry has it\n" in capsys.readouterr().out


def test_without_a_key_it_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("COSIGN_KEY", raising=False)
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))
    monkeypatch.setattr(push_all, "Targets", lambda *_: Targets(tmp_path, ["a", "b"]))
    has = [name.replace("a@", f"{place}@") for place in "ab" for name in A]
    monkeypatch.setattr(push_all, "Registry", lambda *_: Registry(*has))

    code = push_all.main(["--crane=c", "--registry-file=f", "--registry=r.example"])

    assert code == 0
    assert capsys.readouterr().err == (
        "Nothing is signed: neither --key nor COSIGN_KEY names a key.\n"
    )
