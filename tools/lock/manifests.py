"""Reads what a project says of itself: pyproject.toml (PEP 621, poetry), setup.cfg, and PKG-INFO.

Nothing of the project is run. What a build tool would work out, such as a version that is
a tag of git, is empty here.
"""

import configparser
import email
import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

PYPROJECT = "pyproject.toml"
SETUP = "setup.cfg"
PACKED = "PKG-INFO"
PEOPLE = ("Author", "Author-email", "Maintainer", "Maintainer-email")
MORE = (
    *PEOPLE,
    "License",
    "License-Expression",
    "Keywords",
    "Classifier",
    "Home-page",
    "Project-URL",
)
# In the name of a person, these letters need quotation marks.
_SPECIAL = re.compile(r'[()<>@,:;."\\\[\]]')
REQUIREMENTS = re.compile(r"^requirements([^/]*|/[^/]+)\.(txt|in)$")

# Any: what TOML holds.
Table = Mapping[str, Any]
Lists = dict[str, list[Requirement]]


@dataclass
class Manifest:
    """What a project says of itself."""

    name: str = ""
    version: str = ""
    summary: str = ""
    requires_python: str = ""
    more: dict[str, list[str]] = field(default_factory=dict)
    """Who made it, where it is, and what else core metadata has a key for, by that."""
    requirements: list[Requirement] = field(default_factory=list)
    extras: Lists = field(default_factory=dict)
    """What it needs besides, by the name of the extra."""
    groups: Lists = field(default_factory=dict)
    """What its developers need, by the name of the group or file."""
    entry_points: dict[str, dict[str, str]] = field(default_factory=dict)

    def complete(self, other: Manifest) -> None:
        """Take from another what this one doesn't say."""
        self.more = {**other.more, **self.more}
        for name, value in vars(other).items():
            if not getattr(self, name):
                setattr(self, name, value)


def read_manifest(texts: Mapping[str, str]) -> Manifest:
    """Return what files say of their project, the first of them that says it.

    Args:
        texts: the text of each file, by its path in the project.

    Raises:
        ValueError: one of them is no TOML, or no INI.
    """
    try:
        found = _read(texts)
        for text in (found.name, found.version, found.summary, found.requires_python):
            _refuse_unless(text, str, "a string")
    except (AttributeError, TypeError, configparser.Error) as error:
        # A table that is a list, or lines above the first section.
        said = str(error).partition("\n")[0].rstrip(".")
        raise ValueError(f"holds what says nothing of a project: {said}") from None
    return found


def _refuse_unless(value: object, kind: type, wanted: str) -> None:
    if not isinstance(value, kind):
        raise TypeError(f"found {value!r}, wanted {wanted}")


def _read(texts: Mapping[str, str]) -> Manifest:
    found = Manifest()
    if PYPROJECT in texts:
        data = tomllib.loads(texts[PYPROJECT])
        found.complete(_of_project(data.get("project", {})))
        found.complete(_of_poetry(data.get("tool", {}).get("poetry", {})))
        # A group may name another one, by a table.
        groups = data.get("dependency-groups", {})
        found.groups |= {key: _requirements(group) for key, group in groups.items()}
    if SETUP in texts:
        found.complete(_of_setup(texts[SETUP]))
    if PACKED in texts:
        found.complete(_of_package(texts[PACKED]))
    for name, text in texts.items():
        if REQUIREMENTS.match(name):
            found.groups[name] = _requirements(text.splitlines())
    return found


def _requirements(texts: Iterable[object]) -> list[Requirement]:
    """Return those that are requirements: a list may hold options, paths and comments too."""
    found = []
    _refuse_unless(texts, list, "a list")
    for text in texts:
        line = re.sub(r"(^|\s)#.*", "", text).strip() if isinstance(text, str) else ""
        try:
            found.append(Requirement(line))
        except InvalidRequirement:
            continue
    return found


def _of_project(project: Table) -> Manifest:
    scripts = {
        "console_scripts": project.get("scripts", {}),
        "gui_scripts": project.get("gui-scripts", {}),
    }
    extras = project.get("optional-dependencies", {})
    return Manifest(
        name=project.get("name", ""),
        version=project.get("version", ""),
        summary=project.get("description", ""),
        requires_python=project.get("requires-python", ""),
        more=_more(project),
        requirements=_requirements(project.get("dependencies", [])),
        extras={key: _requirements(extra) for key, extra in extras.items()},
        entry_points=_entry_points({**scripts, **project.get("entry-points", {})}),
    )


def _more(project: Table) -> dict[str, list[str]]:
    """Return what else a project says, spelt as core metadata wants it."""
    licence = project.get("license", "")
    found = {
        "License": licence.get("text", "") if isinstance(licence, dict) else "",
        "License-Expression": licence if isinstance(licence, str) else "",
        "Keywords": ",".join(project.get("keywords", [])),
    }
    for key, people in (("Author", "authors"), ("Maintainer", "maintainers")):
        listed = project.get(people, [])
        names = [p["name"] for p in listed if "name" in p and "email" not in p]
        mails = [
            (
                f"{_quoted(person['name'])} <{person['email']}>"
                if "name" in person
                else person["email"]
            )
            for person in listed
            if "email" in person
        ]
        found |= {key: ", ".join(names), f"{key}-email": ", ".join(mails)}
    lists = {
        "Classifier": project.get("classifiers", []),
        "Project-URL": _addresses(project.get("urls", {})),
    }
    return _said(found | lists)


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False) if _SPECIAL.search(name) else name


def _said(found: Mapping[str, str | Sequence[str]]) -> dict[str, list[str]]:
    """Return the keys that have a text or several."""
    lists = {key: [it] if isinstance(it, str) else it for key, it in found.items()}
    return {key: list(texts) for key, texts in lists.items() if any(texts)}


def _addresses(urls: Mapping[str, str]) -> list[str]:
    return [f"{label}, {url}" for label, url in urls.items()]


def _of_poetry(poetry: Table) -> Manifest:
    listed = poetry.get("dependencies", {})
    needed = {
        name: wish
        for name, wish in listed.items()
        if canonicalize_name(name) != "python" and not _is_optional(wish)
    }
    groups = {
        key: group.get("dependencies", {})
        for key, group in poetry.get("group", {}).items()
    }
    groups.setdefault("dev", poetry.get("dev-dependencies", {}))
    scripts = {"console_scripts": poetry.get("scripts", {})}
    return Manifest(
        name=poetry.get("name", ""),
        version=poetry.get("version", ""),
        summary=poetry.get("description", ""),
        more=_more_of_poetry(poetry),
        requirements=_of_wishes(needed),
        extras={
            extra: _of_wishes({name: listed.get(name) for name in names})
            for extra, names in poetry.get("extras", {}).items()
        },
        groups={key: _of_wishes(group) for key, group in groups.items()},
        entry_points=_entry_points({**scripts, **poetry.get("plugins", {})}),
    )


def _more_of_poetry(poetry: Table) -> dict[str, list[str]]:
    """Return what else poetry's table says, as poetry writes it: the first of its people."""
    found = {
        "License": poetry.get("license", ""),
        "Keywords": ",".join(poetry.get("keywords", [])),
    }
    for key, people in (("Author", "authors"), ("Maintainer", "maintainers")):
        name, _, mail = next(iter(poetry.get(people, [])), "").partition("<")
        found |= {key: name.strip(), f"{key}-email": mail.strip().rstrip(">")}
    urls = {
        label.capitalize(): poetry[label]
        for label in ("homepage", "repository", "documentation")
        if label in poetry
    }
    lists = {
        "Classifier": poetry.get("classifiers", []),
        "Project-URL": _addresses({**urls, **poetry.get("urls", {})}),
    }
    return _said(found | lists)


def _entry_points(groups: Mapping[str, Table]) -> dict[str, dict[str, str]]:
    """Return the groups that have any."""
    return {group: dict(points) for group, points in groups.items() if points}


def _is_optional(wish: object) -> bool:
    return isinstance(wish, dict) and bool(wish.get("optional"))


def _of_wishes(wishes: Table) -> list[Requirement]:
    return [found for name, wish in wishes.items() for found in _of_wish(name, wish)]


def _of_wish(name: str, wish: object) -> list[Requirement]:
    """Return what poetry's table asks for; what `^` and `~` leave out above stays open."""
    table = wish if isinstance(wish, dict) else {"version": wish}
    extras = ",".join(table.get("extras", []))
    version = re.sub(r"[\^~](?!=)", ">=", str(table.get("version") or "*"))
    version = "" if version == "*" else version
    version = f"=={version}" if version[:1].isdigit() else version
    return _requirements([f"{name}[{extras}]{version}"])


def _of_setup(text: str) -> Manifest:
    parser = configparser.RawConfigParser(strict=False)
    parser.read_string(text)

    def value(section: str, key: str) -> str:
        found = parser.get(section, key, fallback="")
        return "" if found.startswith(("attr:", "file:")) else found

    def told(key: str) -> str:
        return value("metadata", key).strip()

    def options(section: str) -> dict[str, str]:
        return dict(parser.items(section)) if parser.has_section(section) else {}

    return Manifest(
        name=value("metadata", "name"),
        version=value("metadata", "version"),
        summary=value("metadata", "description"),
        requires_python=value("options", "python_requires"),
        more=_said(
            {key: told(key.lower().replace("-", "_")) for key in (*PEOPLE, "License")}
            | {
                "Keywords": re.sub(r"\s*[,\n]\s*", ",", told("keywords")),
                "Classifier": told("classifiers").splitlines(),
                "Home-page": told("url"),
                "Project-URL": [
                    re.sub(r"\s*=\s*", ", ", line, count=1)
                    for line in told("project_urls").splitlines()
                ],
            }
        ),
        requirements=_requirements(value("options", "install_requires").splitlines()),
        extras={
            key: _requirements(extra.splitlines())
            for key, extra in options("options.extras_require").items()
        },
        entry_points={
            group: {
                key.strip(): point.strip()
                for key, _, point in (line.partition("=") for line in lines)
            }
            for group, points in options("options.entry_points").items()
            if (lines := points.strip().splitlines())
        },
    )


def _of_package(text: str) -> Manifest:
    said = email.message_from_string(text)
    listed = _requirements(said.get_all("Requires-Dist", []))
    of_extras = [r for r in listed if "extra ==" in str(r.marker)]
    return Manifest(
        name=said.get("Name", ""),
        version=said.get("Version", ""),
        summary=said.get("Summary", ""),
        requires_python=said.get("Requires-Python", ""),
        more=_said({key: said.get_all(key, []) for key in MORE}),
        requirements=[r for r in listed if r not in of_extras],
        extras={
            extra: [
                r for r in of_extras if r.marker and r.marker.evaluate({"extra": extra})
            ]
            for extra in said.get_all("Provides-Extra", [])
        },
    )
