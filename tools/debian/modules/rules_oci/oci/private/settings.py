"""Turns the attributes of an image into what its configuration says.

Each attribute arrives as the text of a file, in the form that the public rules define:
one item a line, `name=value` a line, or one line of items between commas.
"""

import re
from dataclasses import dataclass
from typing import Any

from layout import Document

# An end of line inside an item of a one-a-line file is written as this.
_ESCAPED_NEWLINE = "%5Cn"
_VARIABLE = re.compile(r"\$\{?([a-zA-Z0-9_]+)\}?")


@dataclass(frozen=True)
class Settings:
    """What a target says of its image; None where it says nothing."""

    created: str | None = None
    entrypoint: str | None = None
    cmd: str | None = None
    exposed_ports: str | None = None
    volumes: str | None = None
    env: str | None = None
    labels: str | None = None
    annotations: str | None = None
    user: str | None = None
    workdir: str | None = None


def items(text: str) -> list[str]:
    """Return the items of a one-a-line file."""
    return [line.replace(_ESCAPED_NEWLINE, "\n") for line in text.split("\n") if line]


def pairs(text: str) -> dict[str, str]:
    """Return the pairs of a `name=value` file; the last of equal names wins."""
    found = (line.partition("=") for line in text.split("\n") if line)
    return {name: value for name, _, value in found}


def name_set(text: str) -> dict[str, Document]:
    """Return names between commas in the form that OCI has for a set."""
    return {name: {} for name in text.split(",")} if text else {}


def expand(value: str, env: list[tuple[str, str]]) -> str:
    """Return the value with `$NAME` and `${NAME}` replaced; unknown names vanish."""

    def replacement(match: re.Match[str]) -> str:
        return "".join(value for name, value in env if name == match[1])

    return _VARIABLE.sub(replacement, value)


def merged_env(base: list[str], text: str) -> list[str]:
    """Return the base's environment with a file's lines laid over it.

    A line replaces its name in place or goes to the end, and sees all before it.
    """
    env = [(name, value) for name, _, value in (entry.partition("=") for entry in base)]
    for line in text.removesuffix("\n").split("\n") if text else []:
        name, _, raw = line.partition("=")
        entry = (name, expand(raw, env))
        names = [known for known, _ in env]
        if name in names:
            env[names.index(name)] = entry
        else:
            env.append(entry)
    return [f"{name}={value}" for name, value in env]


def overlay(base: Any, over: Any) -> Any:
    """Return `over` laid on `base`: objects merge in the base's order."""
    if not isinstance(base, dict) or not isinstance(over, dict):
        return over
    merged = dict(base)
    for key, value in over.items():
        merged[key] = overlay(merged[key], value) if key in merged else value
    return merged


def config_changes(settings: Settings, base_env: list[str]) -> Document:
    """Return the part of a configuration that the settings speak of.

    The order of the keys is the order they append in, so it is part of the digest. An
    entrypoint without a command takes the base's command away: null stands for that.
    """
    config: Document = {}
    if settings.entrypoint is not None:
        config["Cmd"] = None
        config["Entrypoint"] = items(settings.entrypoint)
    if settings.cmd is not None:
        config["Cmd"] = items(settings.cmd)
    if settings.exposed_ports is not None:
        config["ExposedPorts"] = name_set(settings.exposed_ports)
    if settings.volumes is not None:
        config["Volumes"] = name_set(settings.volumes)
    if settings.env is not None:
        config["Env"] = merged_env(base_env, settings.env)
    if settings.labels is not None:
        config["Labels"] = pairs(settings.labels)
    if settings.user:
        config["User"] = settings.user
    if settings.workdir:
        config["WorkingDir"] = settings.workdir
    created = {} if settings.created is None else {"created": settings.created}
    return {**created, "config": config} if config else created


def configured(base: Document, settings: Settings) -> Document:
    """Return the base's configuration with the settings laid over it."""
    base_env = (base.get("config") or {}).get("Env") or []
    config: Document = overlay(base, config_changes(settings, base_env))
    inner = config.get("config")
    if isinstance(inner, dict) and inner.get("Cmd", "") is None:
        del inner["Cmd"]
    return config
