"""Starts services with what they need, and starts them anew as they are saved.

Invoked as: bazel run //:up [-- NAME…]
Starts what BUILD files declare by service() of //tools/up:defs.bzl, all of it or the services that are named. Each has
one address, which stays while its process is replaced: a save builds, starts the services anew that the saved file
belongs to, and stops the old process once the new one is ready; until then, and where that fails, the old one serves.
What they keep lies in .cache/state of the clone, unless a variable of the service says otherwise. Ctrl-C stops all of it.

Exits 0 when it is told to stop, 2 where it can't start.

Examples:
  bazel run //:up
  bazel run //:up -- fastapi_ml common_ml
  FASTAPI_ML_DATABASE_URL=postgresql://… bazel run //:up -- fastapi_ml
"""

import os
import signal
import sys
from collections.abc import Sequence

from tools.up.declared import declared_services
from tools.up.screen import Screen
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
    options = parser.parse_args(argv)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    try:
        bazel = Bazel.current()
        services = declared_services(bazel, options.names)
        screen = Screen([service.name for service in services] + ["bazel"], os.environ)
        environ = {**os.environ, "XDG_STATE_HOME": str(bazel.root / STATE)}
        Supervisor(bazel, services, environ, screen).run()
    except KeyboardInterrupt:
        return 0
    except (WorkspaceError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
