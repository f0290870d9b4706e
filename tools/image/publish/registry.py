"""Asks registries, and tells a person what to do where one refuses."""

import re
import socket

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_PATIENCE = 2.0

# What crane says, by what a person can do about it.
_NOBODY = re.compile(r"dial tcp|no such host|i/o timeout")
_REFUSED = re.compile(r"\b40[13]\b|UNAUTHORIZED|DENIED|authentication required")
_MISTAKEN = re.compile(r"could not parse reference|unknown (shorthand )?flag")
_ABSENT = re.compile(r"\b404\b|MANIFEST_UNKNOWN|NAME_UNKNOWN")
_UNSURE = re.compile(r"\b403\b|DENIED")


def host_of(repository: str) -> str:
    """Return the registry's HOST:PORT of HOST/NAME."""
    return repository.partition("/")[0]


def is_silent(repository: str) -> bool:
    """Return whether nothing listens where a registry on this machine should.

    Others are left to the client: only it knows the proxy that leads there.
    """
    host, _, port = host_of(repository).rpartition(":")
    if host not in LOOPBACK or not port.isdigit():
        return False
    try:
        with socket.create_connection((host.strip("[]"), int(port)), _PATIENCE):
            return False
    except OSError:
        return True


def silent_text(repository: str) -> str:
    """Return the sentence for a registry that doesn't answer, and the two ways out."""
    return (
        f"No registry answers at {host_of(repository)}.\n"
        "Fix: start one by bazel run //tools/registry, or name yours by "
        "--//tools/image:registry=HOST/PREFIX."
    )


def failure_text(repository: str, said: str) -> str:
    """Return the sentence for a push that failed, by what crane said."""
    if is_silent(repository) or _NOBODY.search(said):
        return silent_text(repository)
    told = f"The push to {repository} failed; why stands above.\nFix: "
    if _REFUSED.search(said):
        return (
            f"{told}log in to {host_of(repository)} (docker login, crane auth login), then run the "
            "same command again."
        )
    if _MISTAKEN.search(said):
        return (
            f"{told}name the place as HOST/NAME, in lower case and without a scheme, and no flag but "
            "--repository, --tag and those of crane push."
        )
    return f"{told}run the same command again: it sends only what is missing."


def is_absent(said: str) -> bool:
    """Return whether a registry said, asked for an image, that it has none.

    Some say to whoever may push a new name that he may not read it; the push then tells more.
    """
    return bool(_ABSENT.search(said) or _UNSURE.search(said))
