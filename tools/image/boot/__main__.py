"""Boots an image under bubblewrap, with no Docker; Ctrl-C and SIGTERM reach it as they would there.

Invoked as: bazel run //services/x:image.run [-- [--env NAME=VALUE]… [--volume FOLDER:PLACE]… [COMMAND…]]
COMMAND replaces the image's own. The image sees this machine's network and its volumes, and nothing else of it;
it can write to them and to /tmp alone.
"""

import argparse
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools.image.boot.rootfs import UnpackError, unpack
from tools.image.boot.sandbox import Boot, BootError, Machine, booted, check_namespaces
from tools.image.layout import Image

# As long as `docker stop` waits.
PATIENCE = 10.0

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


def wait(boot: Boot) -> int:
    """Return the image's exit code; pass on what this process is asked to end by."""

    def end(number: int, _frame: object) -> None:
        boot.send(signal.Signals(number))
        signal.alarm(int(PATIENCE))

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGALRM, lambda *_: boot.send(signal.SIGKILL))
    return boot.process.wait()


def main(argv: Sequence[str] | None = None) -> int:
    """Boot an image, and wait for its end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bwrap", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--image", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--env", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--volume", action="append", default=[], metavar="FOLDER:PLACE")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args(argv)
    image = Image(options.image.resolve())
    environment = dict(pair.partition("=")[::2] for pair in options.env)
    pairs = (pair.rpartition(":")[::2] for pair in options.volume)
    volumes = {place: Path(folder).resolve() for folder, place in pairs}
    with tempfile.TemporaryDirectory(prefix="image-") as folder:
        root = Path(folder, "root")
        try:
            check_namespaces(options.bwrap)
            unpack(image, root)
            carry_resolving(root)
            machine = Machine(options.bwrap, image, root, environment, volumes)
            with booted(machine, options.command or image.command) as boot:
                return wait(boot)
        except (BootError, UnpackError) as error:
            print(error, file=sys.stderr)
            return 1


if __name__ == "__main__":
    sys.exit(main())
