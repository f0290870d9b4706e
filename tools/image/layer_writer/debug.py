"""Writes a layer with busybox and a link for each of its tools.

Invoked by Bazel as: debug --busybox PROGRAM --output LAYER.tar.gz
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.image.layer_writer.archive import Member, compressed, write_tar

FOLDER = "busybox"

# The kernel is asked to start this program first: one that names it isn't static.
_LOADER = b"ld-linux"


def main(argv: Sequence[str] | None = None) -> int:
    """Write the layer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--busybox", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args(argv)
    busybox = options.busybox.resolve()

    # What we are given may be a starter; busybox itself knows where it is.
    content = subprocess.run(
        [busybox, "cat", "/proc/self/exe"], stdout=subprocess.PIPE, check=True
    ).stdout
    if _LOADER in content[:4096]:
        print(
            f"{options.busybox} isn't static, and an image may lack the libraries that it needs.\n"
            "Fix: install busybox-static.",
            file=sys.stderr,
        )
        return 1
    tools = subprocess.run(
        [busybox, "--list"], stdout=subprocess.PIPE, text=True, check=True
    )
    members = {
        f"{FOLDER}/{name}": Member(link="busybox") for name in tools.stdout.split()
    }
    members[f"{FOLDER}/busybox"] = Member(data=content)
    with compressed(options.output, "gzip") as stream:
        write_tar(stream, members)
    return 0


if __name__ == "__main__":
    sys.exit(main())
