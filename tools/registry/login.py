"""Keeps a registry's credentials where every push looks for them: Docker's own file.

Invoked as: REGISTRY_USER=… REGISTRY_PASSWORD=… bazel run //tools/registry:login -- REGISTRY
REGISTRY is HOST or HOST/PREFIX, as for pushes; credentials are a host's. Made for pipelines, whose host gives
each job a password of its own; a person has `docker login`, or a credential helper. The file is
$DOCKER_CONFIG/config.json, by default ~/.docker/config.json; what else it holds stays.
Exits 0, or 1 where a variable is missing or the file can't be written.

Examples:
  REGISTRY_USER=ci REGISTRY_PASSWORD=… bazel run //tools/registry:login -- registry.example/team
"""

import base64
import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.workspace.command import plain_parser


class LoginError(Exception):
    """Credentials that can't be kept; its text is for the user."""


def config_file(environment: Mapping[str, str]) -> Path:
    """Return Docker's own file of settings."""
    folder = environment.get("DOCKER_CONFIG")
    return Path(folder or Path.home() / ".docker") / "config.json"


def login(registry: str, file: Path, environment: Mapping[str, str]) -> str:
    """Write the credentials that the environment holds; return the host that they are for."""
    variables = ("REGISTRY_USER", "REGISTRY_PASSWORD")
    missing = [name for name in variables if not environment.get(name)]
    if missing:
        raise LoginError(
            f"{' and '.join(missing)} not set, wanted the credentials of {registry}.\n"
            "Fix: set both in the environment of this command."
        )
    settings: dict[str, Any] = {}
    if file.exists():
        try:
            settings = json.loads(file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise LoginError(
                f"{file} is no JSON: {error}\nFix: correct or remove it."
            ) from error
    host = registry.partition("/")[0]
    pair = ":".join(environment[name] for name in variables)
    entry = {"auth": base64.b64encode(pair.encode()).decode()}
    settings.setdefault("auths", {})[host] = entry
    file.parent.mkdir(parents=True, exist_ok=True)
    # Made for its owner alone, and moved there whole.
    with tempfile.NamedTemporaryFile("w", dir=file.parent, delete=False) as written:
        json.dump(settings, written, indent=2)
    Path(written.name).replace(file)
    return host


def main(argv: Sequence[str] | None = None) -> int:
    """Keep the credentials."""
    parser = plain_parser("//tools/registry:login", __doc__)
    parser.add_argument("registry", metavar="REGISTRY")
    options = parser.parse_args(argv)
    file = config_file(os.environ)
    try:
        host = login(options.registry, file, os.environ)
    except (LoginError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"registry: the credentials of {host} are in {file}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
