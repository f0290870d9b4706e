"""The services that BUILD files declare, each by a `service` of //tools/up:defs.bzl."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tools.workspace.bazel import Bazel
from tools.workspace.folder import WorkspaceError
from tools.workspace.labels import absolute_label, path_of, split_label


@dataclass(frozen=True)
class Service:
    """One service, as it is declared."""

    label: str
    """The declaration: building it builds the program."""
    name: str
    """The program's own name."""
    program: str
    """The program's path below the output folder of the build."""
    port: int
    port_variable: str
    ready_path: str
    broker_variable: str
    database_variable: str


def parse_services(text: str) -> list[Service]:
    """Return the services among the rules that a query prints as lines of JSON, sorted by name."""
    rules = [json.loads(line).get("rule", {}) for line in text.splitlines()]
    found = [_service(rule) for rule in rules if rule.get("ruleClass") == "service"]
    return sorted(found, key=lambda service: service.name)


def _service(rule: dict[str, Any]) -> Service:  # Any: a message of Bazel's build.proto
    fields = {
        attribute["name"]: attribute.get("stringValue", attribute.get("intValue"))
        for attribute in rule["attribute"]
    }
    program = absolute_label(fields["binary"], "")
    return Service(
        label=absolute_label(rule["name"], ""),
        name=split_label(program)[1],
        program=path_of(program),
        port=fields["port"],
        port_variable=fields["port_variable"],
        ready_path=fields["ready_path"],
        broker_variable=fields["broker_variable"],
        database_variable=fields["database_variable"],
    )


def declared_services(bazel: Bazel, names: Sequence[str]) -> list[Service]:
    """Return the services of the workspace that have these names, all of them where none is given.

    Raises:
      WorkspaceError: there is none of that name.
    """
    query = 'kind("service rule", //...)'
    output = ("--output=streamed_jsonproto", "--keep_going")
    services = parse_services(bazel.query(query, *output))
    known = {service.name for service in services}
    unknown = sorted(set(names) - known)
    if unknown or not services:
        raise WorkspaceError(
            f"{', '.join(unknown) or '//...'}: no such service; declared are: {', '.join(sorted(known)) or 'none'}.\n"
            "Fix: declare it in its BUILD file by service() of //tools/up:defs.bzl, or take one of those."
        )
    return [service for service in services if not names or service.name in names]
