"""Carries the host's apt over: where its Debian mirror is, and how it is reached."""

import re
import subprocess

# Settings of the host's apt that say how a mirror is reached.
_CARRIED = re.compile(
    r"^Acquire::(http|https|ftp|Retries|Queue-Mode|ForceIPv[46]|Check-Date"
    r"|AllowInsecureRepositories|AllowWeakRepositories)\b"
)
_SIDE_SUITES = re.compile(r"-(security|updates|backports|proposed)")


def choose_mirror(index_targets: str) -> str | None:
    """Return the address of the host's Debian mirror, if it has one.

    Args:
      index_targets: `address release origin` per line, as apt lists them. The origin is
        missing until the lists were fetched; the path then tells a Debian mirror.
    """
    for line in index_targets.splitlines():
        address, release, origin = [*line.split("|"), "", ""][:3]
        if _SIDE_SUITES.search(release):
            continue
        if origin == "Debian" or (
            not origin and address.rstrip("/").endswith("/debian")
        ):
            return address
    return None


def carried_options(config_dump: str) -> list[str]:
    """Return the lines of `apt-config dump` that reach the same mirror in a root."""
    lines = config_dump.splitlines()
    kept = [line for line in lines if _CARRIED.match(line) and not line.endswith('"";')]
    # A mirror may lag behind the date in its Release file.
    return [*kept, 'Acquire::Check-Valid-Until "false";']


def host_mirror() -> str | None:
    """Return the address of this host's Debian mirror, if it has one."""
    form = "$(REPO_URI)|$(RELEASE)|$(ORIGIN)"
    return choose_mirror(_output("apt-get", "indextargets", "--format", form))


def host_options() -> list[str]:
    """Return this host's settings for reaching its mirror."""
    return carried_options(_output("apt-config", "dump"))


def _output(*command: str) -> str:
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout
