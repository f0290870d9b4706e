"""Measures what types per target cost: over a chain of libraries, and of a service."""

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tools.bench.calls import asked, cpu_seconds
from tools.bench.figures import Figure
from tools.nested.checkout import Checkout

ROUNDS = 5
SERVICE = "//services/fastapi_ml"
# What `//tools/checks/typed:measure` prints, and what is wanted of it.
CHAIN = (
    (
        "chain of 50 libraries / plain mypy, by the worker",
        "x",
        4.0,
        r"with the worker: ([\d.]+)",
    ),
    (
        "chain of 50 libraries / plain mypy, by processes",
        "x",
        8.0,
        r"without: ([\d.]+)",
    ),
    (
        "libraries checked again after a body edit",
        "of 50",
        1.0,
        r"body edit in the first: (\d+)",
    ),
)


def chain(checkout: Checkout) -> list[Figure]:
    """Measure a chain of 50 libraries against one plain, cold mypy."""
    # It fails for a figure over its budget, which the table here says too.
    got = checkout.bazel("run", "//tools/checks/typed:measure")
    figures = []
    for name, unit, budget, pattern in CHAIN:
        found = re.search(pattern, got.stdout)
        if not found:
            raise SystemExit(f"//tools/checks/typed:measure failed:\n{got.text}")
        figures.append(Figure(name, unit, budget, (float(found[1]),)))
    return figures


def redirected(arguments: Sequence[str], folder: Path) -> list[str]:
    """Return an action's arguments, its outputs in a folder instead of the build's."""
    outputs = {"--report": folder / "report", "--output": folder / "types"}
    split = (argument.partition("=") for argument in arguments)
    return [
        f"{name}={outputs.get(name, value)}" if equals else name
        for name, equals, value in split
    ]


def action(checkout: Checkout) -> list[str]:
    """Return the command of the service's check of types."""
    query = f'mnemonic("MypyCheck", {SERVICE})'
    told = json.loads(asked(checkout, "aquery", query, "--output=jsonproto"))
    label = f"--target={SERVICE}"
    for found in told["actions"]:
        if label in found["arguments"]:
            return [str(argument) for argument in found["arguments"]]
    raise SystemExit(f"{SERVICE} has no action MypyCheck.")


def environment() -> Mapping[str, str]:
    """Return what the action has of environment."""
    return {"PATH": os.environ["PATH"], "PYTHONHASHSEED": "0"}


def by_worker(command: Sequence[str], folder: Path) -> Iterator[float]:
    """Yield the CPU seconds of each request that a worker is sent, the first one included."""
    with subprocess.Popen(
        [command[0], "--persistent_worker"],
        cwd=folder,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        if not (worker.stdin and worker.stdout):
            raise SystemExit("a worker has no pipes")
        request = json.dumps({"arguments": command[1:], "requestId": 0})
        for _ in range(ROUNDS + 1):
            before = cpu_seconds(worker.pid)
            worker.stdin.write(f"{request}\n")
            worker.stdin.flush()
            answer = json.loads(worker.stdout.readline())
            if answer["exitCode"]:
                raise SystemExit(f"the check failed:\n{answer['output']}")
            yield cpu_seconds(worker.pid) - before
        worker.stdin.close()


def service(checkout: Checkout) -> list[Figure]:
    """Measure the check of a service when the types of all that it stands on are there."""
    asked(checkout, "build", SERVICE, "--output_groups=+findings")
    root = Path(asked(checkout, "info", "execution_root").strip())
    with tempfile.TemporaryDirectory() as folder:
        command = redirected(action(checkout), Path(folder))
        command[0] = str(root / command[0])
        # The first request reads the lock's types, once for all targets.
        _, *warm = by_worker(command, root)
    return [Figure("CPU of a service's check of types", "s", 0.6, tuple(warm))]


def types(checkout: Checkout) -> list[Figure]:
    """Measure both."""
    return [*chain(checkout), *service(checkout)]
