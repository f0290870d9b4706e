"""Measures what holding every import against deps costs: to a no-op, to a server's start, and per target.

No flag turns the import check alone off once `.bazelrc` names its aspect (`--config=nochecks` turns off what all checks
find, not their analysis), so this takes the line out of the copy's `.bazelrc`.
"""

from pathlib import Path

from tools.bench.calls import CHILDREN, asked, cpu_seconds, seconds
from tools.bench.figures import Figure
from tools.bench.generated import add
from tools.nested.checkout import Checkout

ROUNDS = 5
TARGETS = 300
FOLDER = "scoped/tests"
ASPECT = "build --aspects=//tools/imports:defs.bzl%imports\n"
GENERATED = f"//{FOLDER}:all"
# What the checks of real imports are measured on.
FIRST_PARTY = ("//libs/...", "//services/...")
MNEMONIC = "ImportsCheck"
FORGOTTEN = (".imports.jsonl", ".imports.passed")


def switch(checkout: Checkout, *, is_on: bool) -> None:
    """Put the aspect into the copy's `.bazelrc`, or take it out."""
    path = checkout.root / ".bazelrc"
    text = path.read_text(encoding="utf-8").replace(ASPECT, "")
    # The last line imports a person's own settings; the order of the others is free.
    path.write_text(ASPECT + text if is_on else text, encoding="utf-8")


def build(checkout: Checkout) -> float:
    """Return how long the generated targets take."""
    return seconds(lambda: asked(checkout, "build", GENERATED))


def no_op(checkout: Checkout, *, is_on: bool) -> float:
    """Return how long a build takes that has nothing to do."""
    switch(checkout, is_on=is_on)
    build(checkout)
    return min(build(checkout) for _ in range(3))


def start(checkout: Checkout, *, is_on: bool) -> float:
    """Return how long a new server takes for a build that is done already."""
    switch(checkout, is_on=is_on)
    build(checkout)
    asked(checkout, "shutdown")
    return build(checkout)


def per_target(checkout: Checkout) -> float:
    """Return the CPU milliseconds of the processes that check one target's imports and judge what is found.

    What is made once, such as the indexes of the distributions, is there already.
    """
    log = checkout.root / "imports.log"
    server = int((checkout.output_base / "server/server.pid.txt").read_text())
    forget(checkout.root / "bazel-bin")
    before = cpu_seconds(server, CHILDREN)
    asked(checkout, "build", f"--execution_log_json_file={log}", *FIRST_PARTY)
    spent = cpu_seconds(server, CHILDREN) - before
    return 1000 * spent / checked(log)


def forget(folder: Path) -> None:
    """Take away what the checks of imports wrote, which Bazel then makes again."""
    for project in FIRST_PARTY:
        for path in (folder / project.strip("/.")).rglob("*.imports*"):
            if path.name.endswith(FORGOTTEN) and ".runfiles" not in str(path):
                path.unlink()


def checked(log: Path) -> int:
    """Return how many targets an execution log says were checked."""
    count = log.read_text(encoding="utf-8").count(f'"mnemonic": "{MNEMONIC}"')
    if not count:
        raise SystemExit(f"no import was checked: {log} has no {MNEMONIC}.")
    return count


def scopes(checkout: Checkout) -> list[Figure]:
    """Measure all three, with the check and without, in turn."""
    asked(checkout, "build", *FIRST_PARTY)
    cpus = [per_target(checkout) for _ in range(ROUNDS)]
    add(checkout, FOLDER, TARGETS)
    added = [
        1000 * (no_op(checkout, is_on=True) - no_op(checkout, is_on=False))
        for _ in range(ROUNDS)
    ]
    starts = [
        start(checkout, is_on=True) - start(checkout, is_on=False)
        for _ in range(ROUNDS)
    ]
    return [
        Figure("CPU of the import check per target", "ms", 60.0, tuple(cpus)),
        Figure(
            f"import check in the no-op of {TARGETS} targets", "ms", 50.0, tuple(added)
        ),
        Figure("import check in a server's start", "s", 2.0, tuple(starts)),
    ]
