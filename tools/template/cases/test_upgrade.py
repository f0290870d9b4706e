"""A repository that was made from the template takes a later version of it, and is whole."""

from pathlib import Path

from tools.nested.checkout import Checkout
from tools.template.upgrade import NOTES

OPENING = "## Unreleased\n"
SETTING = "build --incompatible_strict_action_env\n"


def make_later(checkout: Checkout, folder: Path) -> Checkout:
    """Clone the template as it is, and give the clone a later version, v2."""
    later = Checkout(folder, checkout.root)
    checkout.git("clone", "--quiet", str(checkout.root), str(later.root))
    later.replace(NOTES, OPENING, f"{OPENING}\n- Prompts greet.\n")
    later.replace(".bazelrc", SETTING, f"{SETTING}build --stamp=no\n")
    later.replace("tools/repl/README.md", "# ", "# The ")
    later.git("commit", "--quiet", "--all", "--message=later")
    later.git("tag", "v2")
    return later


def test_a_made_repository_takes_a_later_version(
    checkout: Checkout, tmp_path: Path
) -> None:
    checkout.git("tag", "v1")
    later = make_later(checkout, tmp_path)
    options = ("--name=acme", "--license=MIT", "--host=gitlab")
    made = checkout.bazel("run", "//tools/template:init", "--", *options)
    checkout.git("tag", "--delete", "v1")
    assert made.exit_code == 0, made.text
    recorded = (checkout.root / ".template-version").read_text()
    checkout.replace(".bazelrc", "run --norun_validations\n", "")
    checkout.write("tools/own/README.md", "# Own\n")
    checkout.git("add", "--all")
    checkout.git("commit", "--quiet", "--message=acme")

    got = checkout.bazel(
        "run", "//tools/template:upgrade", "--", f"--from={later.root}"
    )
    analysed = checkout.bazel("build", "--nobuild", "//...")

    assert got.exit_code == 0, got.text
    assert analysed.exit_code == 0, analysed.text
    assert recorded == "v1\n"
    assert "What v2 brings:\n- Prompts greet.\n" in got.stdout
    changed = checkout.git("diff", "--name-only", "HEAD").split()
    assert changed == [".bazelrc", ".template-version", NOTES, "tools/repl/README.md"]
    settings = (checkout.root / ".bazelrc").read_text()
    assert f"{SETTING}build --stamp=no\n" in settings
    assert "run --norun_validations" not in settings
    assert 'name = "acme"' in (checkout.root / "MODULE.bazel").read_text()
    assert (checkout.root / "tools/own/README.md").is_file()
    assert not (checkout.root / ".github").exists()
