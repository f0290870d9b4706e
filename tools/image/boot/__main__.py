"""Boots an image under bubblewrap, with no Docker; Ctrl-C and SIGTERM reach it as they would there.

Invoked as: bazel run //services/x:image.run [-- [--env NAME=VALUE]… [--volume FOLDER:PLACE]… [COMMAND…]]
COMMAND replaces the image's own. The image sees this machine's network and its volumes, and nothing else of it;
it can write to them and to /tmp alone.
"""

import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools.image.boot.options import Options, parse
from tools.image.boot.rootfs import UnpackError, find_program, unpack
from tools.image.boot.sandbox import Boot, BootError, Machine, booted, check_namespaces
from tools.image.boot.stopping import StopError, Stopping
from tools.image.oci.layout import Image

# As long as `docker stop` waits.
PATIENCE = 10

# What a runtime brings from the machine, so that names resolve.
_RESOLVING = ("etc/hosts", "etc/resolv.conf")


def carry_resolving(root: Path) -> None:
    """Copy what names are resolved by into the unpacked image."""
    for name in _RESOLVING:
        source = Path("/", name)
        if source.exists():
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).unlink(missing_ok=True)
            shutil.copyfile(source, root / name)


def wait(boot: Boot, stopping: Stopping, *, is_interactive: bool) -> int:
    """Return the image's exit code; pass on what this process is asked to end by.

    Args:
      boot: the booted image.
      stopping: what it was asked to end by before.
      is_interactive: whether Ctrl-C is a key like others, as to a shell; else what ignores it is killed.
    """

    def interrupt(*_: object) -> None:
        boot.interrupt()
        signal.alarm(0 if is_interactive else PATIENCE)

    # To a service SIGHUP mostly says to read its settings again; here it says that the terminal is gone.
    def end(*_: object) -> None:
        boot.send(signal.SIGTERM)
        signal.alarm(PATIENCE)

    def kill(*_: object) -> None:
        boot.send(signal.SIGKILL)

    signal.signal(signal.SIGALRM, kill)
    signal.signal(signal.SIGHUP, end)
    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGQUIT, kill)
    signal.signal(signal.SIGTERM, end)
    if stopping.number:
        signal.raise_signal(stopping.number)
    try:
        return boot.process.wait()
    finally:
        signal.alarm(0)
        stopping.note()


def check_program(machine: Machine, command: Sequence[str]) -> None:
    """Raise BootError where the image has no such program; what a volume holds isn't known."""
    word = command[0] if command else ""
    if any(word.startswith(f"{place.rstrip('/')}/") for place in machine.volumes):
        return
    path = {**machine.image.environment, **machine.environment}.get("PATH", "")
    folder = str(machine.image.settings.get("WorkingDir") or "/")
    if find_program(machine.root, word, path, folder) is None:
        raise BootError(
            f'The image has no program "{word}".\n'
            f"Fix: start one that it has, by an absolute path or a name on its PATH: {path}"
        )


def boot(options: Options, root: Path, stopping: Stopping) -> int:
    """Unpack the image into a folder and boot it there; return its exit code.

    Raises:
      BootError, UnpackError: it can't be booted.
      StopError: this process was asked to end before.
    """
    image = Image(options.image)
    check_namespaces(options.bwrap)
    unpack(image, root, stopping.check)
    carry_resolving(root)
    machine = Machine(options.bwrap, image, root, options.environment, options.volumes)
    command = options.command or image.command
    check_program(machine, command)
    is_interactive = bool(options.command) and sys.stdin.isatty()
    with booted(machine, command) as started:
        return wait(started, stopping, is_interactive=is_interactive)


def main(argv: Sequence[str] | None = None) -> int:
    """Boot an image, and wait for its end."""
    options = parse(__doc__, argv)
    stopping = Stopping()
    try:
        with tempfile.TemporaryDirectory(prefix="image-") as folder:
            return boot(options, Path(folder) / "root", stopping)
    except (BootError, UnpackError) as error:
        print(error, file=sys.stderr)
        return 1
    except StopError as error:
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
