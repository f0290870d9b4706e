"""Serves a cache and an engine that runs actions, on loopback, until it is interrupted: BuildGrid and buildbox.

  bazel run //tools/remote:engine
  bazel run //tools/remote:engine -- --port 8990 --jobs 8

Results stay in the folder. Exit codes: 0 ended, 1 it can't be started or a server ended, 2 bad usage.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.registry.serving import HOST, PortError, free_port, port_number, serve
from tools.remote.up import kept_folder
from tools.workspace.command import plain_parser

HERE = Path(__file__).parent
SERVING = """\
engine: serving at grpc://{host}:{port}; Ctrl-C ends it. In .bazelrc.user stands, where actions run on it:
build --config=remote --remote_executor=grpc://{host}:{port} --remote_max_connections=1
"""
# The caller by another number: as root, PostgreSQL refuses to run.
USER = "1000"


def install(folder: Path, lock: Path) -> None:
    """Install BuildGrid into the folder, unless the same lock has been.

    Raises:
      CalledProcessError: pip could not, and has said why.
    """
    done, venv = folder / "installed.txt", folder / "venv"
    text = lock.read_text(encoding="utf-8")
    if done.is_file() and done.read_text(encoding="utf-8") == text:
        return
    subprocess.run(["python3", "-m", "venv", "--clear", venv], check=True)
    command = [venv / "bin/pip", "install", "--quiet", "--require-hashes"]
    subprocess.run([*command, "--only-binary=:all:", "-r", lock], check=True)
    done.write_text(text, encoding="utf-8")


def write_settings(folder: Path, port: int) -> None:
    """Write BuildGrid's settings for a folder and a port."""
    text = (HERE / "engine.yml").read_text(encoding="utf-8")
    settings = text.format(folder=folder, port=port)
    (folder / "engine.yml").write_text(settings, encoding="utf-8")


def command(folder: Path, port: int, jobs: int) -> list[str]:
    """Return the command line that starts the servers, all gone when it ends."""
    return [
        *("/usr/bin/unshare", "--user", f"--map-user={USER}", f"--map-group={USER}"),
        *("--pid", "--mount-proc", "--fork", "--forward-signals", "--kill-child"),
        *("/bin/bash", str(HERE / "engine.sh"), str(folder), str(port), str(jobs)),
    ]


def main(argv: Sequence[str] | None = None) -> int:
    """Become what starts the servers, so that a signal to this process ends them."""
    parser = plain_parser("//tools/remote:engine", __doc__)
    add = parser.add_argument
    add("--port", type=port_number, default=8985, help="0 for any free one")
    add("--jobs", type=int, default=os.cpu_count(), help="how many actions at once")
    add("--folder", type=Path, help="what keeps the results")
    add("--initdb", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    folder = kept_folder(options.folder, "monorepo-engine")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        port = free_port(options.port)
        install(folder, HERE / "engine_lock.txt")
    except (PortError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    write_settings(folder, port)
    print(SERVING.format(host=HOST, port=port), end="", flush=True)
    # The programs of PostgreSQL lie beside it, which Debian keeps off the PATH.
    tools = os.path.dirname(os.path.abspath(options.initdb))
    os.environ["PATH"] = f"{tools}:{os.environ['PATH']}"
    return serve(command(folder, port, options.jobs))


if __name__ == "__main__":
    sys.exit(main())
