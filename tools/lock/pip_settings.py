"""Gives uv the index that pip is configured with, by environment, never by file.

uv doesn't read pip's configuration. What the user set for uv itself wins; index
addresses may hold credentials, so they go into no argument and no file.
https://pip.pypa.io/en/stable/topics/configuration/
"""

import configparser
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

SECTIONS = ("global", "install")
# pip's setting, and the variable by which uv takes the same.
UV_VARIABLES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "proxy": "ALL_PROXY",
}
# Variables of uv that make the one on the left needless.
OLDER_NAMES = {
    "UV_DEFAULT_INDEX": ["UV_INDEX_URL"],
    "UV_INDEX": ["UV_EXTRA_INDEX_URL"],
}


def configuration_files(environ: Mapping[str, str], home: Path) -> Iterator[Path]:
    """Yield the files that pip would read here, those that win last."""
    override = environ.get("PIP_CONFIG_FILE")
    if override == os.devnull:
        return
    system = environ.get("XDG_CONFIG_DIRS") or "/etc/xdg"
    for folder in reversed(system.split(os.pathsep)):
        yield Path(folder) / "pip" / "pip.conf"
    yield Path("/etc/pip.conf")
    yield home / ".pip" / "pip.conf"
    config = environ.get("XDG_CONFIG_HOME") or str(home / ".config")
    yield Path(config) / "pip" / "pip.conf"
    if override:
        yield Path(override)


def read_settings(environ: Mapping[str, str], home: Path) -> dict[str, str]:
    """Return pip's settings, by the names that its configuration files use."""
    settings: dict[str, str] = {}
    for file in configuration_files(environ, home):
        parser = configparser.RawConfigParser()
        parser.read(file, encoding="utf-8")
        for section in SECTIONS:
            if parser.has_section(section):
                settings.update(
                    {key.replace("_", "-"): v for key, v in parser.items(section)}
                )
    for key, value in environ.items():
        if key.startswith("PIP_"):
            settings[key.removeprefix("PIP_").lower().replace("_", "-")] = value
    return settings


def split_addresses(value: str) -> tuple[list[str], list[str]]:
    """Return the addresses of indexes, and apart those of folders that are there.

    pip passes over a folder that isn't there in silence; uv would stop.
    """
    remote, local = [], []
    for address in value.split():
        folder = address.removeprefix("file://")
        if "://" in folder:
            remote.append(address)
        elif Path(folder).is_dir():
            local.append(address)
    return remote, local


def hide_passwords(text: str) -> str:
    """Return a text without the credentials in its addresses."""
    return re.sub(r"(://)[^/@\s]+@", r"\1***@", text)


def index_settings(settings: Mapping[str, str], dated: bool) -> dict[str, str]:
    """Return pip's settings of indexes, as uv can use them.

    Args:
        settings: pip's settings.
        dated: the releases' dates are needed. A folder has none, so one beside a real
            index is left out: its copy of a release would hide the dated one.
    """
    result = {}
    remote, local = split_addresses(settings.get("index-url", ""))
    if remote or local:
        result["index-url"] = " ".join(remote + local)
    only_folders = bool(local) and not remote
    remote, local = split_addresses(settings.get("extra-index-url", ""))
    extra = remote if dated and not only_folders else remote + local
    if extra:
        result["extra-index-url"] = " ".join(extra)
    # What lies there was put there by hand, so its age doesn't count. uv parts by commas.
    links, folders = split_addresses(settings.get("find-links", ""))
    if links or folders:
        result["find-links"] = ",".join(links + folders)
    return result


def undated_folders(environ: Mapping[str, str], home: Path) -> list[str]:
    """Return the folders that are left out where the releases' dates are needed."""
    settings = read_settings(environ, home)
    kept = index_settings(settings, dated=True).get("extra-index-url", "").split()
    _, local = split_addresses(settings.get("extra-index-url", ""))
    return [address for address in local if address not in kept]


def index_options(environ: Mapping[str, str], home: Path) -> list[str]:
    """Return uv's options for the one setting of pip that no variable of uv's takes."""
    value = read_settings(environ, home).get("no-index", "")
    is_set = value.strip().lower() in {"1", "on", "t", "true", "y", "yes"}
    return ["--no-index"] if is_set else []


def uv_environment(
    environ: Mapping[str, str], home: Path, *, dated: bool
) -> dict[str, str]:
    """Return the environment in which uv uses the same indexes as pip."""
    found = read_settings(environ, home)
    taken_apart = ("index-url", "extra-index-url", "find-links")
    plain = {k: v.strip() for k, v in found.items() if k not in taken_apart}
    settings = plain | index_settings(found, dated)
    result = dict(environ)
    for name, variable in UV_VARIABLES.items():
        taken = [v for v in [variable, *OLDER_NAMES.get(variable, [])] if v in environ]
        if settings.get(name) and not taken:
            result[variable] = settings[name]
    # pip takes the best version of all indexes; uv by itself stops at the first one.
    result.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    result["UV_PYTHON_DOWNLOADS"] = "never"
    # The solver's own pyproject.toml is read; what configures uv elsewhere is not.
    result["XDG_CONFIG_HOME"] = result["XDG_CONFIG_DIRS"] = os.devnull
    return result
