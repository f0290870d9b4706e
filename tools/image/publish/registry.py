"""Asks registries, and says what to do where one refuses."""

import base64
import json
import re
import socket
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import override

from tools.image.publish.client import RegistryError, run
from tools.image.publish.signing import Signer

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_PATIENCE = 2.0

# What crane says, by what a person can do about it.
_NOBODY = re.compile(r"dial tcp|no such host|i/o timeout")
_REFUSED = re.compile(r"\b40[13]\b|UNAUTHORIZED|DENIED|authentication required")
_MISTAKEN = re.compile(r"could not parse reference|unknown (shorthand )?flag")

# Some registries say to whoever may push a new name that he may not read it; the push then says more.
_ABSENT = re.compile(r"\b40[34]\b|MANIFEST_UNKNOWN|NAME_UNKNOWN|DENIED")


class _AsItIs(urllib.request.HTTPErrorProcessor):
    """Takes every status for an answer: that a blob lies elsewhere is one too."""

    @override
    def http_response(
        self, request: urllib.request.Request, response: HTTPResponse
    ) -> HTTPResponse:
        """Return the response."""
        return response

    https_response = http_response


def host_of(repository: str) -> str:
    """Return the registry's HOST:PORT of HOST/NAME."""
    return repository.partition("/")[0]


def is_loopback(repository: str) -> bool:
    """Return whether the registry is on this machine, where nothing is encrypted."""
    return host_of(repository).rpartition(":")[0] in LOOPBACK


@dataclass(frozen=True)
class Registry:
    """Registries, as crane reaches them, with the credentials of Docker's file."""

    crane: str
    signer: Signer | None = None
    """What signs that which is pushed, where there is a key."""

    def _ask(self, *arguments: str) -> str:
        """Return what crane answers, or nothing where the registry lacks what it is asked for."""
        try:
            return run([self.crane, *arguments])
        except RegistryError as error:
            if _ABSENT.search(str(error)):
                return ""
            raise

    def digest(self, reference: str) -> str:
        """Return the digest of a manifest, or nothing where a registry lacks it.

        Raises:
          RegistryError: it says neither.
        """
        return self._ask("digest", reference).strip()

    def tags(self, repository: str) -> list[str]:
        """Return the tags of a repository, none of one that isn't there.

        Raises:
          RegistryError: it doesn't say.
        """
        return self._ask("ls", repository).split()

    def push(self, layout: Path, reference: str) -> str:
        """Send what an OCI layout holds; return what crane said.

        Raises:
          RegistryError: it is refused.
        """
        return run([self.crane, "push", layout, reference])

    def tag(self, reference: str, tags: Iterable[str]) -> None:
        """Give an image that is there tags.

        Raises:
          RegistryError: one is refused.
        """
        for tag in tags:
            run([self.crane, "tag", reference, tag])

    def is_signed(self, repository: str, digest: str) -> bool:
        """Return whether a manifest is signed, or nothing is to be.

        Raises:
          RegistryError: it says neither.
        """
        # Where every cosign looks for the signature, and what checks images in a cluster.
        signature = f"{repository}:{digest.replace(':', '-')}.sig"
        if not self.signer:
            return True
        return not self.signer.again and bool(self.digest(signature))

    def _login(self, repository: str) -> dict[str, str]:
        """Return the header by which a repository may be read, none where that needs none."""
        try:
            token = run([self.crane, "auth", "token", "--header", repository])
        except RegistryError:
            try:
                said = json.loads(run([self.crane, "auth", "get", host_of(repository)]))
            except RegistryError:
                return {}
            pair = f"{said['Username']}:{said['Secret']}".encode()
            return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        name, _, value = token.strip().partition(": ")
        return {name: value}

    def missing(self, repository: str, digests: Iterable[str]) -> set[str]:
        """Return the blobs that a repository doesn't have, or doesn't say that it has."""
        host, _, name = repository.partition("/")
        scheme = "http" if is_loopback(repository) else "https"
        opener = urllib.request.build_opener(_AsItIs)
        headers = self._login(repository)
        found = set()
        for digest in digests:
            url = f"{scheme}://{host}/v2/{name}/blobs/{digest}"
            request = urllib.request.Request(  # noqa: S310 (http or https)
                url, headers=headers, method="HEAD"
            )
            try:
                with opener.open(request, timeout=_PATIENCE) as response:
                    is_there = response.status < 400
            except OSError, HTTPException:
                is_there = False
            if not is_there:
                found.add(digest)
        return found


def is_silent(repository: str) -> bool:
    """Return whether nothing listens where a registry on this machine should.

    Others are left to the client: only it knows the proxy that leads there.
    """
    host, _, port = host_of(repository).rpartition(":")
    if not is_loopback(repository) or not port.isdigit():
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
    failed = f"The push to {repository} failed; why stands above.\nFix: "
    if _REFUSED.search(said):
        return (
            f"{failed}log in to {host_of(repository)} (docker login, crane auth login), then run the "
            "same command again."
        )
    if _MISTAKEN.search(said):
        return (
            f"{failed}name the place as HOST/NAME, in lower case and without a scheme, and no flag but "
            "--repository, --tag and those of crane push."
        )
    return f"{failed}run the same command again: it sends only what is missing."
