"""Images are delivered by their own tests and checks, under real Bazel."""

import json
import shutil

from tools.nested.cases.projects import add_projects
from tools.nested.checkout import Checkout, Result
from tools.registry import serving

MAIL, SHOP = "//case/mail:image", "//case/shop:image"
TEST = "case/mail/tests/test_work.py"


def deliver(checkout: Checkout, address: str) -> Result:
    """Commit what differs, and deliver."""
    checkout.git("add", "--all")
    checkout.git("commit", "--quiet", "--message=change")
    place = ("--registry", address, "--delivered", "delivered.json")
    command = ("run", "//tools/pipeline:deliver", "--", "--only", "//case/...")
    return checkout.bazel(*command, *place)


def test_red_neighbour_holds_no_image(checkout: Checkout) -> None:
    add_projects(checkout)
    checkout.replace(TEST, '"mail: "', '"post: "')

    with serving.running(shutil.which("crane") or "crane") as address:
        red = deliver(checkout, address)
        assert f"pushed   {SHOP}: " in red.stdout, red.text
        delivered = json.loads((checkout.root / "delivered.json").read_text())
        checkout.replace(TEST, '"post: "', '"mail: "')
        checkout.replace("case/words/words.py", "import packaging\n", "import sys\n")
        checkout.replace("case/words/words.py", "packaging.__name__", '"packaging"')
        unsound = deliver(checkout, address)
        checkout.replace("case/words/words.py", "import sys\n", "import packaging\n")
        checkout.replace("case/words/words.py", '"packaging"', "packaging.__name__")
        (checkout.root / "case/mail/tests/BUILD.bazel").write_text("py_test(\n")
        (checkout.root / "delivered.json").unlink()
        torn = deliver(checkout, address)

    assert red.exit_code == 1, red.text
    assert f"held     {MAIL}: by //case/mail/tests:test_work\n" in red.stdout
    assert [it["image"] for it in delivered["images"]] == [SHOP]
    # Each test passes; a check of a library that both are made of doesn't.
    assert unsound.exit_code == 1, unsound.text
    for image in (MAIL, SHOP):
        assert f"held     {image}: by //case/words\n" in unsound.stdout
    assert "pushed" not in unsound.stdout
    # A BUILD file that can't be loaded holds its project alone.
    assert torn.exit_code == 1, torn.text
    assert f"held     {MAIL}: by //case/mail/tests\n" in torn.stdout
    assert f"{SHOP}: " in torn.stdout, torn.text
    assert "package contains errors: case/mail/tests" in torn.stderr
