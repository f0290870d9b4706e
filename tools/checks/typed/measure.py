"""Measures what types per target cost against one plain, cold mypy over the same files.

Invoked as: bazel run //tools/checks/typed:measure [-- --libraries 50]
Writes a chain of libraries of four files each into a temporary folder, checks it in
every way, and prints CPU seconds and ratios. Exits 1 where a promise is broken.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.checks.typed.chain import write_chain

WORKER_PROMISE, PROCESS_PROMISE = 4.0, 8.0


@dataclass(frozen=True)
class Chain:
    """A written chain: where it is, its libraries, and the lock's archive."""

    root: Path
    libraries: tuple[str, ...]
    seed: Path

    def arguments(self, index: int, round_name: str) -> list[str]:
        """Return the arguments that check one library."""
        name = self.libraries[index]
        below = [f"{before}.{round_name}.types" for before in self.libraries[:index]]
        sources = sorted((self.root / "libs" / name).glob("*.py"))
        return [
            f"--target=//libs/{name}",
            f"--report={name}.{round_name}.jsonl",
            f"--output={name}.{round_name}.types",
            "--config=pyproject.toml",
            *(f"--source={path.relative_to(self.root)}" for path in sources),
            *(f"--types={path}" for path in below),
            f"--types={self.seed}",
        ]


def cpu_of(action: Callable[[], None]) -> float:
    """Return the CPU seconds of the processes that an action starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    action()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def environment() -> dict[str, str]:
    """Return an environment in which this program's modules can be imported."""
    return {**os.environ, "PYTHONPATH": ":".join(sys.path), "PYTHONHASHSEED": "0"}


def call(chain: Chain, module: str, *arguments: str, given: str = "") -> str:
    """Run a module as a program and return what it prints."""
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=chain.root,
        env=environment(),
        input=given,
        text=True,
        check=True,
        stdout=subprocess.PIPE,
    ).stdout


def plain(chain: Chain) -> None:
    """Run mypy once over everything, cold."""
    with tempfile.TemporaryDirectory() as cache:
        call(chain, "mypy", f"--cache-dir={cache}", "libs")


def processes(chain: Chain) -> None:
    """Check each library in a process of its own."""
    for index in range(len(chain.libraries)):
        call(chain, "tools.checks.typed", *chain.arguments(index, "process"))


def worker(chain: Chain) -> None:
    """Check each library by one worker."""
    requests = [
        {"arguments": chain.arguments(index, "worker"), "requestId": 0}
        for index in range(len(chain.libraries))
    ]
    given = "".join(json.dumps(request) + "\n" for request in requests)
    answers = call(chain, "tools.checks.typed", "--persistent_worker", given=given)
    for answer in map(json.loads, answers.splitlines()):
        if answer["exitCode"]:
            raise SystemExit(f"the worker failed: {answer['output']}")


def same_results(chain: Chain) -> bool:
    """Return whether the worker and the processes wrote the same bytes."""
    return all(
        (chain.root / f"{name}.process.{ending}").read_bytes()
        == (chain.root / f"{name}.worker.{ending}").read_bytes()
        for name in chain.libraries
        for ending in ("jsonl", "types")
    )


def rechecked_after_body_edit(chain: Chain) -> int:
    """Return how many libraries see a change after an edit in a body of the first."""
    name = chain.libraries[0]
    source = chain.root / "libs" / name / "api.py"
    text = source.read_text(encoding="utf-8")
    edited = text.replace("return total\n", "return total + 1\n", 1)
    if edited == text:
        raise SystemExit("the chain has no body to edit")
    source.write_text(edited, encoding="utf-8")
    call(chain, "tools.checks.typed", *chain.arguments(0, "edited"))
    before = (chain.root / f"{name}.process.types").read_bytes()
    after = (chain.root / f"{name}.edited.types").read_bytes()
    return 1 if before == after else len(chain.libraries)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bazel run //tools/checks/typed:measure --")
    parser.add_argument("--libraries", type=int, default=50)
    parser.add_argument("--seed", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--settings", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        # The lock's archive holds for the settings that it was made with.
        shutil.copy(options.settings, root / "pyproject.toml")
        names = tuple(write_chain(root, options.libraries))
        chain = Chain(root, names, options.seed.absolute())
        base = cpu_of(lambda: plain(chain))
        by_process = cpu_of(lambda: processes(chain)) / base
        by_worker = cpu_of(lambda: worker(chain)) / base
        is_same = same_results(chain)
        rechecked = rechecked_after_body_edit(chain)
    print(f"plain mypy, cold: {base:.2f} s CPU over {len(names)} libraries")
    print(
        f"with the worker: {by_worker:.2f} times that, wanted at most {WORKER_PROMISE}"
    )
    print(f"without: {by_process:.2f} times that, wanted at most {PROCESS_PROMISE}")
    print(f"the same bytes either way: {'yes' if is_same else 'no'}")
    print(f"checked again after a body edit in the first: {rechecked} of {len(names)}")
    kept = by_worker <= WORKER_PROMISE and by_process <= PROCESS_PROMISE
    return 0 if kept and is_same and rechecked == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
