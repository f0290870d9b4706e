"""Starts services with what they need, and starts them anew as they are saved.

Invoked as: bazel run //:up [-- [--real] [NAME…]]
Starts what BUILD files declare by service() of //tools/up:defs.bzl, all of it or the services that are named. Each has
one address, which stays while its process is replaced: a save builds, starts the services anew that the saved file
belongs to, and stops the old process once the new one is ready; until then, and where that fails, the old one serves.
What they keep lies in .cache/state of the clone, unless a variable of the service says otherwise. Ctrl-C stops it all.

With --real their queue and store are RabbitMQ and PostgreSQL of this machine, in a scratch folder that goes with them;
one whose URL a variable of the service gives already isn't started.

Exits 0 when it is told to stop, 2 where it can't start.

Examples:
  bazel run //:up
  bazel run //:up -- fastapi_ml common_ml
  bazel run //:up -- --real
  FASTAPI_ML_DATABASE_URL=postgresql://… bazel run //:up -- fastapi_ml
"""

import os
import signal
import sys
from collections.abc import Sequence

from tools.up.declared import declared_services
from tools.up.real import BROKER, DATABASE, real_servers
from tools.up.screen import Screen
from tools.up.servers.server import ServerError
from tools.up.supervisor import Supervisor
from tools.workspace.bazel import Bazel
from tools.workspace.command import plain_parser
from tools.workspace.folder import WorkspaceError

STATE = ".cache/state"


def end(_number: int, _frame: object) -> None:
    """End this program, as Ctrl-C does; once that has begun, a second Ctrl-C ends it at once."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def main(argv: Sequence[str] | None = None) -> int:
    """Run the services until a signal; return 0, or 2 where that can't be."""
    parser = plain_parser("//:up", __doc__)
    parser.add_argument("names", metavar="NAME", nargs="*", help="a service's program")
    parser.add_argument(
        "--real", action="store_true", help="with RabbitMQ and PostgreSQL"
    )
    options = parser.parse_args(argv)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    try:
        bazel = Bazel.current()
        services = declared_services(bazel, options.names)
        names = [service.name for service in services] + ["bazel"]
        names += [BROKER, DATABASE] if options.real else []
        screen = Screen(names, os.environ)
        environ = {**os.environ, "XDG_STATE_HOME": str(bazel.root / STATE)}
        needing = services if options.real else ()
        with real_servers(bazel, needing, environ, screen) as urls:
            Supervisor(bazel, services, {**environ, **urls}, screen).run()
    except KeyboardInterrupt:
        return 0
    except (WorkspaceError, ServerError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
