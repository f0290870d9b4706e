"""Signs what a registry has, by cosign.

A signature lies beside what it is of, under the tag `sha256-X.sig`. No transparency log is told: a
closed network has none, and a public one would publish names.
"""

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tools.image.publish.client import RegistryError, run
from tools.workspace.folder import WorkspaceError

# What names the key, where `--key` doesn't, and what has its password.
KEY = "COSIGN_KEY"
PASSWORD = "COSIGN_PASSWORD"  # noqa: S105 (its name)

_SIGN = ("sign", "--yes", "--recursive", "--tlog-upload=false")
# cosign 3 signs in this form only when asked, and 2 doesn't know the flags: it has no other one.
_THIS_FORM = ("--use-signing-config=false", "--new-bundle-format=false")


class SigningError(WorkspaceError):
    """Nothing can be signed; the text is for the user."""


def _checked(key: str) -> str:
    """Return a key as cosign takes it.

    Bazel notes the environment of each command, in its log and in build events: no key may be there.

    Raises:
      SigningError: it is no file, nor the address of a key service.
    """
    path = Path(os.environ.get("BUILD_WORKING_DIRECTORY", ""), key).absolute()
    if path.is_file():
        return str(path)
    if "://" in key and not key.startswith("env://"):
        return key
    shown = "a key itself" if "PRIVATE KEY" in key else repr(key)
    raise SigningError(
        f"--key, or {KEY}: found {shown}, wanted a file or the address of a key service. "
        "Bazel logs what a variable holds.\n"
        "Fix: cosign generate-key-pair, then --key cosign.key."
    )


@dataclass(frozen=True)
class Signer:
    """cosign with a key."""

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    """What cosign alone gets to see: this program's environment, and the key's password."""
    again: bool = False
    """Whether what has a signature gets another one."""

    @classmethod
    def find(cls, key: str, *, again: bool = False) -> Self | None:
        """Return what signs by a key; without one say so, and return None.

        Its password leaves this program's environment: Bazel and other clients don't get it.

        Raises:
          SigningError: cosign isn't there, or can't read the key.
        """
        # Without a password cosign would ask for one, where nobody can answer.
        environment = {PASSWORD: "", **os.environ}
        os.environ.pop(PASSWORD, None)
        key = key or environment.get(KEY, "")
        if not key:
            text = f"Nothing is signed: neither --key nor {KEY} names a key."
            print(text, file=sys.stderr)
            return None
        cosign = shutil.which("cosign")
        if not cosign:
            raise SigningError(
                "There is a key to sign by, and no cosign on the PATH.\n"
                "Fix: install cosign 2 or 3, or name no key."
            )
        named = f"--key={_checked(key)}"
        try:
            run([cosign, "public-key", named], environment)
        except RegistryError as error:
            said = str(error).rpartition("error during command execution: ")[2]
            raise SigningError(
                f"The key can't be used: {said}.\n"
                f"Fix: name one of cosign generate-key-pair, and its password by {PASSWORD}."
            ) from error
        is_new = _THIS_FORM[0].partition("=")[0] in run([cosign, "sign", "--help"])
        form = _THIS_FORM if is_new else ()
        return cls((cosign, *_SIGN, *form, named), environment, again)

    def sign(self, references: Sequence[str]) -> None:
        """Sign manifests, and of an index all that it names, one after the other.

        Raises:
          RegistryError: the registry refuses.
        """
        run([*self.command, *references], self.environment)
