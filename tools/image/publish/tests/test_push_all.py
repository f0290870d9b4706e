"""Tests of pushing everything, with Bazel and registry played by lists and folders."""

import json
import threading
import time
from pathlib import Path

import pytest

from tools.image import workspace
from tools.image.publish import push_all
from tools.image.publish.plans import Outcome, Plan, summary
from tools.image.publish.schedule import Schedule
from tools.image.publish.sending import Parcel, Referrer, RegistryError


def test_the_image_of_a_push_has_its_name() -> None:
    got = [
        workspace.image_of(it) for it in ("//services/push_me:push", "//a:worker_push")
    ]

    assert got == ["//services/push_me:image", "//a:worker_image"]


def test_only_targets_that_were_built_are_pushed() -> None:
    events = [
        {"id": {"started": {}}},
        {
            "id": {"targetCompleted": {"label": "//a:image"}},
            "completed": {"success": True},
        },
        {
            "id": {"targetCompleted": {"label": "@@//b:image"}},
            "completed": {"success": True},
        },
        {"id": {"targetCompleted": {"label": "//c:image"}}, "completed": {}},
        {"id": {"targetCompleted": {"label": "//d:image"}}, "aborted": {}},
        {
            "id": {"targetCompleted": {"label": "//d:image", "aspect": "checks"}},
            "completed": {"success": True},
        },
    ]

    got = workspace.completed("\n".join(map(json.dumps, events)))

    assert got == {"//a:image", "//b:image"}


def test_outcomes_are_told_with_bytes() -> None:
    outcomes = [
        Outcome(
            "//a:image",
            sent={"x": 1_500_000},
            mounted={"y": 2_000_000},
            present={"z": 1},
        ),
        Outcome("//b:image", skipped=True),
        Outcome("//e:image", skipped=True, sent={"b": 80_000}),
        Outcome("//c:image", failure="it doesn't build"),
        Outcome("//d:image", skipped=True, failure="its tag is refused"),
    ]

    assert [it.text for it in outcomes] == [
        "pushed   //a:image: sent 1 (1.5 MB), mounted 1 (2.0 MB), there 1 (0.0 MB)",
        "skipped  //b:image: the registry has it",
        "skipped  //e:image: the registry has it; sent what it lacked of its documents, 1 (0.1 MB)",
        "failed   //c:image: it doesn't build",
        "failed   //d:image: its tag is refused",
    ]
    assert (
        summary(outcomes)
        == "1 pushed, 2 skipped, 2 failed; 1,580,000 bytes sent, 2,000,000 mounted"
    )


class Line:
    """Records which items run at the same time."""

    def __init__(self) -> None:
        self.running: set[str] = set()
        self.together: set[frozenset[str]] = set()
        self.lock = threading.Lock()

    def work(self, item: str) -> str:
        with self.lock:
            self.running.add(item)
            self.together.add(frozenset(self.running))
        time.sleep(0.05)
        with self.lock:
            self.running.remove(item)
        return item


def test_a_shared_blob_is_sent_once_and_then_images_go_side_by_side() -> None:
    blobs = {"a": {"base", "1"}, "b": {"base", "2"}, "c": {"base", "3"}}
    line = Line()

    schedule: Schedule[str, str] = Schedule(blobs, ["a", "b", "c"])

    schedule.run(line.work, lambda _: True, jobs=3)

    assert frozenset({"b", "c"}) in line.together
    assert [it for it in line.together if "a" in it and len(it) > 1] == []


def test_a_blob_of_a_failed_push_is_not_taken_for_sent() -> None:
    blobs = {"a": {"base"}, "b": {"base"}, "c": {"base"}}
    line = Line()

    schedule: Schedule[str, str] = Schedule(blobs, ["a", "b", "c"])

    got = schedule.run(line.work, lambda it: it != "a", jobs=3)

    assert sorted(got) == ["a", "b", "c"]
    assert frozenset({"a", "b"}) not in line.together


class Bazel(workspace.Workspace):
    """Builds what it is told to, and remembers what it was asked for."""

    def __init__(self, folder: Path, images: list[str], broken: set[str]) -> None:
        super().__init__(folder)
        object.__setattr__(self, "_images", images)
        object.__setattr__(self, "_broken", broken)
        object.__setattr__(self, "asked", [])

    def loadable_images(self, patterns: object) -> tuple[list[str], bool]:
        # pyrefly: ignore[not-iterable]
        return self._images, "//damaged/..." not in patterns

    def build(self, labels: object, *_flags: str) -> set[str]:
        # pyrefly: ignore[bad-argument-type]
        wanted = set(labels)
        self.asked.append(wanted)
        return wanted - self._broken

    def files(self, labels: object) -> dict[str, list[Path]]:
        found = {}
        # pyrefly: ignore[not-iterable]
        for label in labels:
            path = self.root / f"{label.strip('/').replace(':', '_')}.json"
            image = label.removesuffix("_plan")
            plan = {
                "image": image,
                "digest": "sha256:1",
                "repository": f"registry.example/{image.strip('/').partition(':')[0]}",
                "tags": ["t"],
                "referrers": ["sha256:bom", "sha256:provenance"],
            }
            path.write_text(json.dumps(plan))
            found[label] = [path]
        return found


A = {"a@sha256:1", "a@sha256:bom", "a@sha256:provenance"}


class Registry:
    """Has some images by their package and digest, and takes tags."""

    skopeo = ""

    def __init__(self, has: set[str]) -> None:
        self._has = has
        self.tagged: list[str] = []

    def has(self, reference: str) -> bool:
        if "secret" in reference:
            raise RegistryError("unexpected status code 401 Unauthorized")
        return reference.removeprefix("registry.example/") in self._has

    def tag(self, plan: Plan) -> str:
        self.tagged.append(plan.image)
        return ""


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Take parcels in place of a registry; those named `lost` fail."""
    taken: list[str] = []

    def send(_clients: object, parcel: Parcel) -> Outcome:
        taken.append(parcel.plan.image)
        return Outcome(
            parcel.plan.image, failure="no room" if "lost" in parcel.plan.image else ""
        )

    def attach(_plan: Plan, referrers: tuple[Referrer, ...], outcome: Outcome) -> None:
        taken.extend(f"{outcome.image} {it.push.stem}" for it in referrers)

    monkeypatch.setattr(push_all, "send", send)
    monkeypatch.setattr(push_all, "attach", attach)
    monkeypatch.setattr(Parcel, "blobs", lambda _: {})
    return taken


def test_only_lacking_images_are_built_and_sent(
    tmp_path: Path, sent: list[str]
) -> None:
    bazel = Bazel(tmp_path, ["//a:image", "//b:image"], set())
    registry = Registry(A)

    # pyrefly: ignore[bad-argument-type]
    code = push_all.push_all(bazel, registry, ["//..."], jobs=2)

    assert (code, sent, registry.tagged) == (0, ["//b:image"], ["//a:image"])
    first, second = bazel.asked
    assert first == {"//a:image_plan", "//b:image_plan"}
    assert second == {
        "//b:image",
        "//b:image_push",
        "//b:image_bom_push",
        "//b:image_bom_referrer",
        "//b:image_provenance_push",
        "//b:image_provenance_referrer",
    }


def test_documents_that_the_registry_lacks_are_sent_without_the_image(
    tmp_path: Path, sent: list[str]
) -> None:
    bazel = Bazel(tmp_path, ["//a:image"], set())
    registry = Registry(A - {"a@sha256:provenance"})

    # pyrefly: ignore[bad-argument-type]
    code = push_all.push_all(bazel, registry, ["//..."], jobs=2)

    assert (code, sent) == (0, ["//a:image a_image_provenance_push"])
    assert registry.tagged == ["//a:image"]
    assert bazel.asked[1] == {
        "//a:image_provenance_push",
        "//a:image_provenance_referrer",
    }


def test_image_that_nothing_is_said_of_is_neither_built_nor_sent(
    tmp_path: Path, sent: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    bazel = Bazel(tmp_path, ["//secret:image"], set())

    # pyrefly: ignore[bad-argument-type]
    code = push_all.push_all(bazel, Registry(set()), ["//..."], jobs=1)

    assert (code, sent, bazel.asked[1:]) == (1, [], [set()])
    assert "Fix: log in to registry.example (" in capsys.readouterr().err


def test_package_that_cannot_be_loaded_fails_but_does_not_stop_the_others(
    tmp_path: Path, sent: list[str]
) -> None:
    bazel = Bazel(tmp_path, ["//a:image"], set())

    # pyrefly: ignore[bad-argument-type]
    code = push_all.push_all(bazel, Registry(set()), ["//damaged/..."], jobs=1)

    assert (code, sent) == (1, ["//a:image"])


def test_patterns_without_an_image_are_a_mistake(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bazel = Bazel(tmp_path, [], set())

    # pyrefly: ignore[bad-argument-type]
    assert push_all.push_all(bazel, Registry(set()), ["//libs/..."], jobs=1) == 1
    assert capsys.readouterr().err.startswith("//libs/...: no image is pushed from ")


@pytest.mark.parametrize("jobs", ["0", "-1", "many"])
def test_jobs_are_one_or_more(jobs: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        push_all.main(["--crane=c", "--registry-file=f", f"--jobs={jobs}"])

    assert f"'{jobs}' is no number of 1 or more" in capsys.readouterr().err


def test_interrupt_lets_nothing_else_begin() -> None:
    begun = []

    def work(item: str) -> str:
        begun.append(item)
        raise KeyboardInterrupt

    schedule: Schedule[str, str] = Schedule({it: set() for it in "abc"}, list("abc"))

    with pytest.raises(KeyboardInterrupt):
        schedule.run(work, bool, jobs=1)

    assert begun == ["a"]


def test_one_failure_does_not_stop_the_others(
    tmp_path: Path, sent: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    images = ["//a:image", "//broken:image", "//lost:image", "//z:image"]
    bazel = Bazel(tmp_path, images, {"//broken:image_plan"})

    # pyrefly: ignore[bad-argument-type]
    code = push_all.push_all(bazel, Registry(set()), ["//..."], jobs=2)

    assert (code, sorted(sent)) == (1, ["//a:image", "//lost:image", "//z:image"])
    lines = capsys.readouterr().out.splitlines()
    assert "failed   //broken:image: it doesn't build" in lines
    assert "failed   //lost:image: no room" in lines
    assert lines[-1].startswith("2 pushed, 0 skipped, 2 failed; ")
