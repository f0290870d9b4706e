"""Runs programs in namespaces, and explains a machine that refuses them."""

import contextlib
import os
import signal
import subprocess
import tempfile
from pathlib import Path

from tools.debian.root.problems import PreparationError

_TRIAL_SECONDS = 20
# Settings that refuse namespaces, the value that does so, and the mend.
_SETTINGS = (
    ("kernel/apparmor_restrict_unprivileged_userns", "1", "sudo sysctl -w {name}=0"),
    ("kernel/unprivileged_userns_clone", "0", "sudo sysctl -w {name}=1"),
    ("user/max_user_namespaces", "0", "sudo sysctl -w {name}=15000"),
)


def command(uid: int) -> list[str]:
    """Return the command that runs another in namespaces of its own.

    Mounts made there never reach the host, and its processes end with the command's,
    which ends with the thread that started it. An ordinary user is root there, and
    root's files become theirs.
    """
    user = [] if uid == 0 else ["--user", "--map-root-user", "--map-auto"]
    apart = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    return ["setpriv", "--pdeathsig", "KILL", "unshare", *user, *apart]


def check() -> None:
    """Raise PreparationError if this machine refuses to make or enter a root."""
    trials = (
        [*command(os.geteuid()), "true"],
        ["bwrap", "--ro-bind", "/", "/", "true"],
    )
    for trial in trials:
        status, said = _try(trial)
        if status:
            raise refusal(said, Path("/proc/sys"), in_container())


def refusal(said: str, settings: Path, contained: bool) -> PreparationError:
    """Return what to tell of a machine on which a trial said `said`."""
    lines = said.strip().splitlines() or ["nothing"]
    return PreparationError(
        "this machine refuses the namespaces that the Debian line runs in.",
        f"found: {lines[-1]}; wanted them allowed.",
        _mend(said, settings, contained),
    )


def in_container() -> bool:
    """Return whether this looks like a Docker or Podman container."""
    return any(Path(mark).exists() for mark in ("/.dockerenv", "/run/.containerenv"))


def _try(trial: list[str]) -> tuple[int, str]:
    """Run a trial, and return its exit status and what it said."""
    # An unshare that fails to map ids can leave a child that waits for ever: nothing
    # here waits for the end of a pipe, and the child goes with its group.
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            trial,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
        try:
            status = process.wait(_TRIAL_SECONDS)
        except subprocess.TimeoutExpired:
            status = 1
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        said.seek(0)
        return status, said.read().decode("utf-8", "replace")


def _mend(said: str, settings: Path, contained: bool) -> str:
    if "subordinate" in said or "newuidmap" in said or "newgidmap" in said:
        return (
            "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $USER"
            " (or other free ranges)"
        )
    # What the kernel says where the number of user namespaces is used up.
    used_up = "No space left on device" in said
    for path, refused, mend in _SETTINGS:
        setting = settings / path
        value = setting.read_text("ascii").strip() if setting.is_file() else None
        if value == refused or (used_up and path == "user/max_user_namespaces"):
            return mend.format(name=path.replace("/", "."))
    if contained:
        return "start the container with --privileged, or use MONOREPO_SUPPLY=public."
    return (
        "see what forbids `unshare --user --map-root-user true`,"
        " or use MONOREPO_SUPPLY=public."
    )
