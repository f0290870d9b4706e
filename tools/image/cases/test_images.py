"""Images under real Bazel: what an edit, a new service, a commit and a broken image change."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tools.image.cases.builds import (
    SERVICE,
    WORKER,
    add_conflict,
    add_copies,
    built,
    digests,
    layer_of,
)
from tools.nested.checkout import Checkout


def spawns(log: Path) -> Iterator[dict[str, str]]:
    """Yield the actions of an execution log."""
    text, decoder, position = log.read_text(), json.JSONDecoder(), 0
    while position < len(text):
        spawn, end = decoder.raw_decode(text, position)
        position = end + len(text[end:]) - len(text[end:].lstrip())
        yield spawn


def layered(checkout: Checkout, *labels: str) -> set[str]:
    """Build images; return the targets that layers were written for."""
    log = checkout.root.parent / "execution.json"
    built(checkout, *labels, flags=(f"--execution_log_json_file={log}",))
    return {
        spawn["targetLabel"].lstrip("@")
        for spawn in spawns(log)
        if spawn["mnemonic"] == "ImageLayer"
    }


def test_a_new_service_writes_no_shared_layer_again(checkout: Checkout) -> None:
    first = digests(built(checkout, SERVICE)[0])
    (copy,) = add_copies(checkout, 1)

    wrote = layered(checkout, copy)

    # Base, interpreter and large distributions are the same actions; the small ones and the
    # libraries are the same closures, and so the same bytes.
    assert wrote == {f"{copy}_layers"}
    assert digests(built(checkout, copy)[0])[:-1] == first[:-1]


def test_a_build_of_something_else_leaves_an_image_whole(checkout: Checkout) -> None:
    (image,) = built(checkout, WORKER)

    built(checkout, "//libs/telemetry")

    assert all(image.layer_file(layer).is_file() for layer in image.layers)


@pytest.mark.parametrize("service", ["fastapi_ml", "common_ml"])
def test_an_edit_to_a_service_changes_its_last_layer_alone(
    checkout: Checkout, service: str
) -> None:
    before = [digests(image) for image in built(checkout, SERVICE, WORKER)]
    with (checkout.root / f"services/{service}/settings.py").open("a") as file:
        file.write("\nEDITED = 1\n")

    wrote = layered(checkout, SERVICE, WORKER)

    after = [digests(image) for image in built(checkout, SERVICE, WORKER)]
    edited = [SERVICE, WORKER].index(f"//services/{service}:image")
    assert wrote == {f"//services/{service}:image_layers"}
    assert after[1 - edited] == before[1 - edited]
    assert after[edited][:-1] == before[edited][:-1]
    assert after[edited][-1] != before[edited][-1]


@pytest.mark.parametrize("library", ["ml/classifier", "telemetry/logs"])
def test_an_edit_to_a_library_changes_its_layer_alone_in_every_image(
    checkout: Checkout, library: str
) -> None:
    before = built(checkout, SERVICE, WORKER)
    old = [digests(image) for image in before]
    layers = [layer_of(image, f"app/libs/{library}.py") for image in before]
    with (checkout.root / f"libs/{library}.py").open("a") as file:
        file.write("\nEDITED = 1\n")

    new = [digests(image) for image in built(checkout, SERVICE, WORKER)]

    gone = [set(was) - set(now) for was, now in zip(old, new, strict=True)]
    assert gone == [{layer} for layer in layers]


def mnemonics(checkout: Checkout, *labels: str) -> set[str]:
    """Build targets; return the kinds of the actions that ran."""
    log = checkout.root.parent / "execution.json"
    built(checkout, *labels, flags=(f"--execution_log_json_file={log}",))
    return {spawn["mnemonic"] for spawn in spawns(log)}


def test_an_edit_to_a_program_runs_its_own_actions_again_and_no_others(
    checkout: Checkout,
) -> None:
    targets = (f"{WORKER}_plan", WORKER)
    built(checkout, *targets)
    with (checkout.root / "tools/image/attest/provenance.py").open("a") as file:
        file.write("\nEDITED = 1\n")

    ran = mnemonics(checkout, *targets)

    assert "ImagePushPlan" in ran
    assert ran <= {"ImagePushPlan", "PyAction"}


def test_two_output_bases_in_two_folders_give_equal_digests(
    make_checkout: Callable[[], Checkout],
) -> None:
    images = [built(make_checkout(), SERVICE)[0] for _ in range(2)]

    assert images[0].folder != images[1].folder
    assert images[0].digest == images[1].digest


def test_a_commit_moves_tags_and_no_digest(checkout: Checkout) -> None:
    before = built(checkout, SERVICE)[0].digest
    checkout.write("NOTES.txt", "no input of any image\n")
    checkout.git("add", "--all")
    checkout.git("commit", "--quiet", "--message=notes")
    commit = checkout.git("rev-parse", "HEAD").strip()

    plan = checkout.root / "bazel-bin/services/fastapi_ml/image_plan.json"
    done = checkout.bazel("build", "--norun_validations", "--stamp", f"{SERVICE}_plan")

    assert done.exit_code == 0, done.text
    got = json.loads(plan.read_text())
    assert got["parts"][0]["digest"] == before
    assert got["tags"] == [commit, "latest"]
    checkout.git("reset", "--quiet", "--hard", "HEAD~1")


def test_two_distributions_that_differ_over_a_file_make_no_image(
    checkout: Checkout,
) -> None:
    image = add_conflict(checkout)

    got = checkout.bazel("build", "--norun_validations", image)

    assert got.exit_code == 1
    assert (
        "site-packages/shared.py is in both one and two, with different bytes."
        in got.text
    )


def test_a_large_distribution_without_a_row_fails_with_the_row(
    checkout: Checkout,
) -> None:
    path = "tools/image/layer_table/table.bzl"
    whole = (checkout.root / path).read_text()
    row = next(line for line in whole.splitlines() if '"numpy":' in line)
    checkout.write(path, whole.replace(f"{row}\n", ""))

    # Only this rule's validation: the layers that a person builds.
    refused = checkout.bazel("build", f"{WORKER}_layers")
    written = checkout.bazel("run", "//tools/image:update_layer_table")

    assert refused.exit_code == 1
    assert "numpy has" in refused.text
    assert row in refused.text
    assert written.exit_code == 0, written.text
    assert (checkout.root / path).read_text() == whole


def test_a_row_that_nobody_needs_fails_with_the_row(checkout: Checkout) -> None:
    row = f'    "uvicorn": "{SERVICE}",\n    "pytest": "{SERVICE}",\n'
    path = "tools/image/layer_table/table.bzl"
    checkout.replace(
        path, "LARGE_DISTRIBUTIONS = {\n", "LARGE_DISTRIBUTIONS = {\n" + row
    )

    got = checkout.bazel("build", "//tools/image/layers:all")

    assert got.exit_code == 1
    assert f"gives pytest a layer for {SERVICE}, which doesn't use it." in got.text
    assert "gives uvicorn" not in got.text


def test_a_row_that_left_the_lock_fails_alone_and_is_taken_away(
    checkout: Checkout,
) -> None:
    row = f'    "gonedist": "{SERVICE}",\n'
    path = "tools/image/layer_table/table.bzl"
    whole = (checkout.root / path).read_text()
    opening = "LARGE_DISTRIBUTIONS = {\n"
    checkout.replace(path, opening, opening + row)

    image = checkout.bazel("build", SERVICE)
    refused = checkout.bazel("build", "//tools/image/layers:all")
    written = checkout.bazel("run", "//tools/image:update_layer_table")

    assert image.exit_code == 0, image.text
    assert refused.exit_code == 1
    assert f"gives gonedist a layer for {SERVICE}, which doesn't use it." in (
        refused.text
    )
    assert row in refused.text
    assert written.exit_code == 0, written.text
    assert (checkout.root / path).read_text() == whole
