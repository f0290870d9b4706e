"""Reads what a setup.py says of its project, as far as it says so in plain words, and spells it as pyproject.toml does.

Nothing of it is run: an argument that is worked out stays unknown.
"""

import ast
import configparser
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

PROGRAM = "setup.py"
# Keys of [project], and the argument of `setup` that each is.
_TEXTS = {
    "name": "name",
    "version": "version",
    "description": "description",
    "requires-python": "python_requires",
}
_LISTS = {"dependencies": "install_requires", "classifiers": "classifiers"}


def tables_of(text: str) -> dict[str, dict[str, Any]]:
    """Return the tables of pyproject.toml that say what a setup.py says; none where it says no name."""
    said = {name: value for name, value in _arguments(text) if value}
    authors = {
        key: said[name]
        for key, name in (("name", "author"), ("email", "author_email"))
        if said.get(name)
    }
    keywords = said.get("keywords", [])
    keywords = keywords.replace(",", "\n") if isinstance(keywords, str) else keywords
    points = _entry_points(said.get("entry_points", {}))
    project = {
        **{
            key: " ".join(str(said.get(name, "")).split())
            for key, name in _TEXTS.items()
        },
        **{key: _lines(said.get(name)) for key, name in _LISTS.items()},
        "keywords": _lines(keywords),
        "license": {"text": said["license"]} if said.get("license") else {},
        "authors": [authors] if authors else [],
        "urls": ({"Homepage": said["url"]} if said.get("url") else {})
        | _table(said.get("project_urls")),
        "optional-dependencies": {
            extra: _lines(listed)
            for extra, listed in _table(said.get("extras_require")).items()
        },
        "scripts": points.pop("console_scripts", {}),
        "gui-scripts": points.pop("gui_scripts", {}),
        "entry-points": points,
    }
    if not project["name"]:
        return {}
    groups = {"tests": _lines(said.get("tests_require"))}
    tables = {"project": project, "dependency-groups": groups}
    return {
        name: {key: value for key, value in table.items() if value}
        for name, table in tables.items()
    }


def worked_out(text: str) -> list[str]:
    """Return the keys of [project] that a setup.py works out, or takes from elsewhere."""
    keys = {
        **{name: key for key, name in {**_TEXTS, **_LISTS}.items()},
        "extras_require": "optional-dependencies",
        "entry_points": "scripts",
    }
    return [keys[n] for n, value in _arguments(text) if n in keys and value is None]


def as_toml(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """Return tables as TOML."""
    parts: list[str] = []
    for name, table in tables.items():
        lines = [f"{_key(key)} = {_value(value)}" for key, value in table.items()]
        parts += [f"[{name}]", *lines, ""] if lines else []
    return "\n".join(parts)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[\w-]+", key, re.ASCII) else json.dumps(key)


def _value(value: object) -> str:
    if isinstance(value, dict):
        inside = (f"{_key(key)} = {_value(one)}" for key, one in value.items())
        return f"{{ {', '.join(inside)} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(str(value), ensure_ascii=False)


class _Known(ast.NodeTransformer):
    """Puts what is known of a module's names in their place."""

    def __init__(self) -> None:
        self.nodes: dict[str, ast.expr] = {}

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.nodes.get(node.id, node)


def _arguments(text: str) -> Iterator[tuple[str, Any]]:
    """Yield the arguments of `setup`, and their values as far as these stand in the text."""
    known = _Known()
    try:
        module = ast.parse(text)
    except SyntaxError:
        return
    for node in ast.walk(module):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                known.nodes[name] = known.visit(value)
            case ast.Call(func=ast.Name(id="setup") | ast.Attribute(attr="setup")):
                for argument in node.keywords:
                    try:
                        found = ast.literal_eval(known.visit(argument.value))
                    except ValueError:
                        found = None
                    yield argument.arg or "", found


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _lines(value: object) -> list[str]:
    """Return a list that setup takes as one, or as the lines of a text."""
    texts: Iterable[object] = ()
    match value:
        case str():
            texts = value.splitlines()
        case [*texts]:
            pass
    return [line for text in texts if (line := str(text).partition("#")[0].strip())]


def _entry_points(said: object) -> dict[str, dict[str, str]]:
    """Return entry points by their group, said by a table or as an INI file has them."""
    if isinstance(said, str):
        parser = configparser.RawConfigParser(delimiters=("=",))
        parser.read_string(said)
        said = {
            group: "\n".join(f"{k} = {v}" for k, v in parser.items(group))
            for group in parser.sections()
        }
    return {
        str(group): {
            name.strip(): point.strip()
            for name, _, point in (line.partition("=") for line in _lines(lines))
        }
        for group, lines in _table(said).items()
    }
