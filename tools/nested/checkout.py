"""A scratch copy of this repository with an output base of its own, in which cases run real Bazel."""

import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.workspace.bazel import Bazel
from tools.workspace.files import known_files
from tools.workspace.git import git

# Repositories that speak of one checkout: each makes its own.
LOCAL_REPOSITORIES = ("tree", "tree_listing", "host_tools")
# The commit that a copy begins with.
FIRST = "copy"
# What a new project could fail besides its own tests.
CHECKS_OF_THE_TREE = (
    "//tools/checks/starlark:buildifier_test",
    "//tools/checks/unowned_files:unowned_files_test",
    "//tools/imports/policy:scopes_test",
    "//tools/readme/...",
)
# More than any command of a case takes, from nothing and on a busy machine.
_SECONDS = 3600
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True)
class Result:
    """What one call of Bazel said."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def text(self) -> str:
        """Both streams, for messages that may be on either."""
        return self.stdout + self.stderr

    @property
    def verdicts(self) -> dict[str, str]:
        """The first word of the summary, such as `(cached)` or `PASSED`, for each test target."""
        lines = (line.split() for line in self.text.splitlines() if line[:2] == "//")
        return {words[0]: words[1] for words in lines}

    def verdict(self, label: str) -> str:
        """Return the summary's word for a test target, such as `(cached) PASSED`."""
        found = re.search(rf"^{re.escape(label)} +(.*?)(?: in .*)?$", self.text, re.M)
        return found[1].strip() if found else "not run"


class Checkout:
    """A copy of the repository's files under git, and Bazel in it."""

    def __init__(self, folder: Path, source: Path) -> None:
        self.root = folder / "workspace"
        self.output_base = folder / "output_base"
        self.source = source

    def create(self, output_base: Path) -> None:
        """Copy the files that git knows, and link the repositories already fetched in `output_base`."""
        for name in known_files(self.source):
            target = self.root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(self.source / name, target, follow_symlinks=False)
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=copy")
        self.git("tag", FIRST)
        link_repositories(output_base / "external", self.output_base / "external")
        self.own_server()

    def own_server(self, *lines: str) -> None:
        """Have each call of Bazel here use the copy's server, those of programs that it runs too.

        The lines are added to what this checkout alone tells Bazel.
        """
        first = f"startup --output_base={self.output_base}"
        self.write(".bazelrc.user", "".join(f"{line}\n" for line in (first, *lines)))

    def git(self, *arguments: str) -> str:
        """Run git in the copy."""
        identity = ["-c", "user.name=nested", "-c", "user.email=nested@localhost"]
        return git(self.root, *identity, *arguments)

    def reset(self) -> None:
        """Take back whatever a case changed."""
        self.git("reset", "--quiet", "--hard", FIRST)
        self.git("clean", "--quiet", "-d", "--force", "-x", "--exclude=bazel-*")
        self.own_server()

    def write(self, path: str, text: str) -> None:
        """Write a file of the copy."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def replace(self, path: str, old: str, new: str) -> None:
        """Replace the one occurrence of `old` in a file of the copy."""
        text = (self.root / path).read_text()
        if text.count(old) != 1:
            raise AssertionError(
                f"{path}: {old!r} occurs {text.count(old)} times, not once"
            )
        (self.root / path).write_text(text.replace(old, new))

    def bazel(
        self,
        *arguments: str,
        environ: Mapping[str, str] | None = None,
        stdin: str = "",
    ) -> Result:
        """Call Bazel in the copy and return what it said; never raises for its exit code."""
        done = Bazel(self.root, seconds=_SECONDS).call(
            *arguments, accepted=None, variables=environ, stdin=stdin
        )
        return Result(
            done.returncode, ANSI.sub("", done.stdout), ANSI.sub("", done.stderr)
        )


def link_repositories(fetched: Path, target: Path) -> None:
    """Link fetched repositories into another output base, so that nothing is fetched again."""
    target.mkdir(parents=True)
    for entry in sorted(fetched.iterdir()):
        name = entry.name.removeprefix("@").removesuffix(".marker")
        if name.endswith(LOCAL_REPOSITORIES):
            continue
        subprocess.run(["cp", "-al", str(entry), str(target)], check=True, timeout=600)


@contextmanager
def scratch_checkouts(source: Path) -> Iterator[Callable[[], Checkout]]:
    """Give a maker of copies of the workspace; servers and files go at the end."""
    # A pipeline that gives up sends TERM: what Ctrl-C takes away must go then, too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    output_base = Bazel(source).info("output_base")
    # Beside the output base, since its repositories are linked and not copied.
    folder = Path(tempfile.mkdtemp(prefix="nested-", dir=output_base.parent))
    made: list[Checkout] = []

    def make() -> Checkout:
        checkout = Checkout(folder / str(len(made)), source)
        made.append(checkout)
        checkout.create(output_base)
        return checkout

    try:
        yield make
    finally:
        for checkout in made:
            checkout.bazel("shutdown")
        # Bazel write-protects its output folders. Files may be links to what all clones share.
        command = ["find", folder, "-type", "d", "-exec", "chmod", "u+w", "{}", "+"]
        subprocess.run(command, check=False, timeout=600)
        shutil.rmtree(folder)
