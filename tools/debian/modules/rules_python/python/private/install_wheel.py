"""Installs one distribution into `site-packages`, compiles it, and prints what Bazel must know of it as JSON.

Invoked by a repository rule as: python3 -I install_wheel.py FOLDER, with the request in FOLDER/request.json.
"""

import compileall
import csv
import json
import os
import platform
import py_compile
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import Distribution, PathDistribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# Exit codes: the machine is at fault, and trying again may help; or the lock is.
BAD_MACHINE = 1
BAD_LOCK = 3

# What of the caller's environment would change where pip installs; its index, proxy and certificates stay.
PIP_OVERRIDES = {
    "PIP_NO_INPUT": "1",
    "PIP_REQUIRE_VIRTUALENV": "0",
    "PIP_USER": "0",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
}


def pip_install(folder: Path, request: dict[str, object]) -> None:
    """Install by pip with hash checking; exit with what, where and the mend."""
    pin = f"{request['distribution']}=={request['version']}"
    # pyrefly: ignore[not-iterable]
    hashes = " ".join(f"--hash={value}" for value in request["hashes"])
    (folder / "requirement.txt").write_text(f"{pin} {hashes}\n")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    command += ["--require-hashes", "--only-binary=:all:", "--no-compile"]
    command += ["--no-warn-script-location", "--root-user-action=ignore"]
    command += platform_options(str(request["machine"]))
    # pyrefly: ignore[not-iterable]
    command += [str(argument) for argument in request["extra_pip_args"]]
    command += ["--target", str(folder / "site-packages")]
    command += ["-r", str(folder / "requirement.txt")]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env={**os.environ, **PIP_OVERRIDES},
        check=False,
    )
    if done.returncode:
        message, exit_code = explain(pin, request, done.stderr)
        print(message, file=sys.stderr)
        sys.exit(exit_code)


def platform_options(machine: str) -> list[str]:
    """Return the options of pip that choose a wheel for another machine: any that this root's glibc would run."""
    if machine == platform.machine():
        return []
    newest = int(platform.libc_ver()[1].split(".")[1])
    names = [f"manylinux_2_{minor}_{machine}" for minor in range(newest, 16, -1)]
    names.append(f"manylinux2014_{machine}")
    return [f"--platform={name}" for name in names]


def explain(pin: str, request: Mapping[str, object], stderr: str) -> tuple[str, int]:
    """Return one message for a failed installation, and the exit code that it has."""
    lock = request["lock"]
    # pyrefly: ignore[no-matching-overload]
    users = ", ".join(request["users"]) or "nothing"
    said = [line for line in stderr.splitlines() if line.strip()]
    tail = "\n".join("  pip: " + line.strip() for line in said[-12:])
    if "DO NOT MATCH THE HASHES" in stderr:
        found = re.search(r"Got\s+([0-9a-f]+)", stderr)
        got = f"sha256:{found[1]}" if found else "another hash"
        return (
            f"{lock}: the file that the index gives for {pin} has {got}, which the lock does not list.\n{tail}\n"
            "Fix: if the index is trusted, bazel run //:requirements.update; else find out who changed the file."
        ), BAD_LOCK
    if "No space left" in stderr or "Errno 28" in stderr:
        return (
            f"No room on the disk while installing {pin}.\n{tail}\n"
            "Fix: free some, then run the same command again."
        ), BAD_MACHINE
    if "No matching distribution" in stderr and "from versions: none" not in stderr:
        return (
            f"{lock}: {pin} has no wheel for Python {sys.version_info[0]}.{sys.version_info[1]} on "
            f"linux_{request['machine']}, is needed by {users}, and source distributions are not built.\n{tail}\n"
            "Fix: pin a version that has one: bazel run //:requirements.update -- --upgrade-package NAME"
        ), BAD_LOCK
    return (
        f"{lock}: pip could not install {pin}.\n{tail}\n"
        "Fix: check the network and pip's configuration (pip config list), then run the same command again."
    ), BAD_MACHINE


def settled(path: str, entries: set[str]) -> str | None:
    """Return where a file that a wheel has outside its modules belongs, None for one that isn't kept.

    Args:
      path: the path from the installation's root, such as `share/man/man1/x.1`.
      entries: the names of the entry points, for which pip writes starters.
    """
    top, _, inside = path.partition("/")
    if top == "include":
        return None
    if top == "bin":
        return None if inside in entries else path
    return f"data/{path}"


def settle_data(folder: Path) -> None:
    """Move a wheel's programs and data to `bin` and `data`, where pip has put them among the modules.

    Headers, and the starters that pip wrote for entry points, are dropped.
    """
    dist = distribution(folder)
    entries = {it.name for it in dist.entry_points if it.group == "console_scripts"}
    site = folder / "site-packages"
    (record,) = site.glob("*.dist-info/RECORD")
    with record.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.reader(opened))
    kept = []
    for path, *rest in rows:
        # From `lib/python`, which is where pip takes `--target` to be.
        outside = path.removeprefix("../../")
        if outside == path:
            kept.append([path, *rest])
            continue
        target = settled(outside, entries)
        move(site, outside, folder / target if target else None)
        if target:
            kept.append([f"../{target}", *rest])
    with record.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened, lineterminator="\n").writerows(kept)


def move(site: Path, path: str, target: Path | None) -> None:
    """Move a file out of `site-packages`, or remove it, with the folders that this leaves empty."""
    source = site / path
    if target:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(source, target)
    else:
        source.unlink()
    for above in source.relative_to(site).parents:
        if above.name and not any((site / above).iterdir()):
            (site / above).rmdir()


def distribution(folder: Path) -> Distribution:
    """Return the one distribution installed in the folder."""
    (info,) = (folder / "site-packages").glob("*.dist-info")
    return PathDistribution(info)


def needed(dist: Distribution, extras: list[str], machine: str) -> list[str]:
    """Return the names of the distributions that hold as dependencies on a machine, normalised, sorted."""
    own = canonicalize_name(dist.metadata["Name"])
    names = set()
    for text in dist.requires or []:
        requirement = Requirement(text)
        contexts = [
            {"extra": extra, "platform_machine": machine} for extra in ["", *extras]
        ]
        if not requirement.marker or any(
            requirement.marker.evaluate(c) for c in contexts
        ):
            names.add(canonicalize_name(requirement.name))
    return sorted(name.replace("-", "_") for name in names - {own})


def is_native(dist: Distribution) -> bool:
    """Return whether the wheel is for one platform alone."""
    wheel = dist.read_text("WHEEL") or ""
    tags = re.findall(r"^Tag: (.+)$", wheel, re.MULTILINE)
    return not all(tag.strip().endswith("-any") for tag in tags)


def compile_modules(folder: Path) -> None:
    """Compile what compiles; a wheel may carry templates and files for other Python versions."""
    compileall.compile_dir(
        folder / "site-packages",
        quiet=2,
        stripdir=str(folder),
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )


def main() -> None:
    """Install, compile, report."""
    folder = Path(sys.argv[1])
    request = json.loads((folder / "request.json").read_text())
    pip_install(folder, request)
    settle_data(folder)
    dist = distribution(folder)
    compile_modules(folder)
    (info,) = (folder / "site-packages").glob("*.dist-info")
    scripts = {
        entry.name: entry.value.partition("[")[0].strip()
        for entry in dist.entry_points
        if entry.group == "console_scripts"
    }
    report = {
        "deps": {
            machine: needed(dist, request["extras"], machine)
            for machine in request["machines"]
        },
        # Entry by entry, since `:data` names the target.
        "data": sorted(f"data/{entry.name}" for entry in (folder / "data").glob("*")),
        "is_native": is_native(dist),
        "dist_info": str(info.relative_to(folder)),
        "scripts": scripts,
    }
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main()
