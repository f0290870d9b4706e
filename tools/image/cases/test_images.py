"""Images under real Bazel: what an edit, a new service, a commit and a broken image change."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tools.image.cases.builds import (
    MAIL,
    SHOP,
    add_conflict,
    add_copies,
    built,
    digests,
    layer_of,
)
from tools.image.layer_table.check import TABLE, entry
from tools.nested.cases.projects import LIBRARIES, SERVICES, add_projects, image
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


@pytest.fixture(autouse=True)
def projects(checkout: Checkout) -> None:
    add_projects(checkout)


def test_a_new_service_writes_no_shared_layer_again(checkout: Checkout) -> None:
    first = digests(built(checkout, SHOP)[0])
    (copy,) = add_copies(checkout, 1)

    wrote = layered(checkout, copy)

    # Base, interpreter and large distributions are the same actions; the small ones and the
    # libraries are the same closures, and so the same bytes.
    assert wrote == {f"{copy}_layers"}
    assert digests(built(checkout, copy)[0])[:-1] == first[:-1]


def test_a_build_of_something_else_leaves_an_image_whole(checkout: Checkout) -> None:
    (mail,) = built(checkout, MAIL)

    built(checkout, "//case/words")

    assert all(mail.layer_file(layer).is_file() for layer in mail.layers)


@pytest.mark.parametrize("service", SERVICES)
def test_an_edit_to_a_service_changes_its_last_layer_alone(
    checkout: Checkout, service: str
) -> None:
    before = [digests(image) for image in built(checkout, SHOP, MAIL)]
    with (checkout.root / f"case/{service}/work.py").open("a") as file:
        file.write("\nEDITED = 1\n")

    wrote = layered(checkout, SHOP, MAIL)

    after = [digests(image) for image in built(checkout, SHOP, MAIL)]
    edited = [SHOP, MAIL].index(image(service))
    assert wrote == {f"{image(service)}_layers"}
    assert after[1 - edited] == before[1 - edited]
    assert after[edited][:-1] == before[edited][:-1]
    assert after[edited][-1] != before[edited][-1]


@pytest.mark.parametrize("library", LIBRARIES)
def test_an_edit_to_a_library_changes_its_layer_alone_in_every_image(
    checkout: Checkout, library: str
) -> None:
    before = built(checkout, SHOP, MAIL)
    old = [digests(image) for image in before]
    source = f"case/{library}/{library}.py"
    layers = [layer_of(image, f"app/{source}") for image in before]
    with (checkout.root / source).open("a") as file:
        file.write("\nEDITED = 1\n")

    new = [digests(image) for image in built(checkout, SHOP, MAIL)]

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
    targets = (f"{MAIL}_plan", MAIL)
    built(checkout, *targets)
    with (checkout.root / "tools/image/attest/provenance.py").open("a") as file:
        file.write("\nEDITED = 1\n")

    ran = mnemonics(checkout, *targets)

    assert "ImagePushPlan" in ran
    assert ran <= {"ImagePushPlan", "PyAction"}


def test_two_output_bases_in_two_folders_give_equal_digests(
    make_checkout: Callable[[], Checkout],
) -> None:
    checkouts = [make_checkout(), make_checkout()]
    for checkout in checkouts:
        add_projects(checkout)

    images = [built(checkout, SHOP)[0] for checkout in checkouts]

    assert images[0].folder != images[1].folder
    assert images[0].digest == images[1].digest


def test_a_commit_moves_tags_and_no_digest(checkout: Checkout) -> None:
    before = built(checkout, SHOP)[0].digest
    checkout.write("NOTES.txt", "no input of any image\n")
    checkout.git("add", "--all")
    checkout.git("commit", "--quiet", "--message=notes")
    commit = checkout.git("rev-parse", "HEAD").strip()

    plan = checkout.root / "bazel-bin/case/shop/image_plan.json"
    done = checkout.bazel("build", "--norun_validations", "--stamp", f"{SHOP}_plan")

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


def table_of(checkout: Checkout) -> str:
    """Return the table of large distributions as its update writes it here."""
    text = (checkout.root / TABLE).read_text()
    row = next(line for line in text.splitlines() if '"numpy":' in line)
    # The first image by name that uses it.
    return text.replace(row, entry("numpy", MAIL))


def add_rows(checkout: Checkout, *rows: str) -> None:
    """Add rows to the table of large distributions."""
    opening = "LARGE_DISTRIBUTIONS = {\n"
    checkout.replace(TABLE, opening, opening + "".join(f"{row}\n" for row in rows))


def test_a_large_distribution_without_a_row_fails_with_the_row(
    checkout: Checkout,
) -> None:
    whole, row = table_of(checkout), entry("numpy", MAIL)
    checkout.write(TABLE, whole.replace(f"{row}\n", ""))

    # Only this rule's validation: the layers that a person builds.
    refused = checkout.bazel("build", f"{MAIL}_layers")
    written = checkout.bazel("run", "//tools/image:update_layer_table")

    assert refused.exit_code == 1
    assert "numpy has" in refused.text
    assert row in refused.text
    assert written.exit_code == 0, written.text
    assert (checkout.root / TABLE).read_text() == whole


def test_a_row_that_nobody_needs_fails_with_the_row(checkout: Checkout) -> None:
    add_rows(checkout, entry("packaging", SHOP), entry("pytest", SHOP))

    got = checkout.bazel("build", "//tools/image/layers:all")

    assert got.exit_code == 1
    assert f"gives pytest a layer for {SHOP}, which doesn't use it." in got.text
    assert "gives packaging" not in got.text


def test_a_row_that_left_the_lock_fails_alone_and_is_taken_away(
    checkout: Checkout,
) -> None:
    whole, row = table_of(checkout), entry("gonedist", SHOP)
    add_rows(checkout, row)

    built_alone = checkout.bazel("build", SHOP)
    refused = checkout.bazel("build", "//tools/image/layers:all")
    written = checkout.bazel("run", "//tools/image:update_layer_table")

    assert built_alone.exit_code == 0, built_alone.text
    assert refused.exit_code == 1
    assert f"gives gonedist a layer for {SHOP}, which doesn't use it." in refused.text
    assert row in refused.text
    assert written.exit_code == 0, written.text
    assert (checkout.root / TABLE).read_text() == whole
