"""The servers of `--real`: RabbitMQ and PostgreSQL of this machine, in a scratch folder."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tools.up.declared import Service
from tools.up.screen import Screen
from tools.up.servers.postgresql import PostgreSQL
from tools.up.servers.rabbitmq import RabbitMQ
from tools.up.servers.server import Tools
from tools.workspace.bazel import Bazel
from tools.workspace.folder import WorkspaceError

BROKER = "rabbitmq"
DATABASE = "postgresql"
_PROGRAMS = {
    BROKER: ("bwrap", "rabbitmq-server"),
    DATABASE: ("bwrap", "initdb", "postgres"),
}


@contextmanager
def real_servers(
    bazel: Bazel,
    services: Sequence[Service],
    environ: Mapping[str, str],
    screen: Screen,
) -> Iterator[dict[str, str]]:
    """Start what services have no URL of, and give the variables that lead there; all of it ends with the context."""
    variables = {
        BROKER: [service.broker_variable for service in services],
        DATABASE: [service.database_variable for service in services],
    }
    urls: dict[str, str] = {}
    with ExitStack() as stack:
        scratch = tempfile.TemporaryDirectory(prefix="up-", ignore_cleanup_errors=True)
        folder = Path(stack.enter_context(scratch))
        for name, kind in ((BROKER, RabbitMQ), (DATABASE, PostgreSQL)):
            unset = [
                variable
                for variable in variables[name]
                if variable and not environ.get(variable)
            ]
            if not unset:
                continue
            server = kind(folder / name, _host_tools(bazel, name, unset[0]))
            stack.callback(server.kill)
            screen.show(name, f"starts; its log is {server.folder}/log")
            server.start()
            screen.show(name, f"ready at {server.url}")
            urls |= dict.fromkeys(unset, server.url)
        yield urls


def _host_tools(bazel: Bazel, server: str, variable: str) -> Tools:
    """Return what finds a server's programs on this machine."""
    names = _PROGRAMS[server]
    built = bazel.build([f"@host_tools//:{name}" for name in names])
    paths = {path.name: path.absolute() for path in built.files("default").values()}
    lacking = [name for name in names if name not in paths]
    if lacking:
        raise WorkspaceError(
            f"--real: found no {', '.join(lacking)} on this machine, wanted {server}.\n"
            f"Fix: install it, or name one that runs already by {variable}=URL."
        )
    return paths.__getitem__
