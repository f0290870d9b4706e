"""One run of a service's program: started as a spare, begun when it is needed."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from tools.testing.ports import free_port
from tools.up.declared import Service

READY_SECONDS = 30.0
# Longer than services take to finish what they are at; orchestrators give them 10 s, too.
STOP_SECONDS = 10.0
_PAUSE = 0.02

# What the launcher of this program has told it of itself.
_OWN = ("RUNFILES_DIR", "RUNFILES_MANIFEST_FILE", "PYTHONPATH", "PYTHONSAFEPATH")
# However this program ends, by SIGKILL too, the kernel ends what it started.
_ENDING_WITH_THIS = ("setpriv", "--pdeathsig", "KILL", "--")

# Arguments for the interpreter, by rules_python's own variable: it starts the spare in place of the main file.
_ARGUMENTS = "RULES_PYTHON_ADDITIONAL_INTERPRETER_ARGS"
_SPARE = Path(__file__).with_name("spare.py")


def digest_of(program: Path) -> str:
    """Return the digest of the first-party files that a program runs with, and of the names of all others."""
    runfiles = Path(f"{program}.runfiles")
    digest = hashlib.sha256(manifest_of(program))
    for folder, folders, names in os.walk(runfiles / "_main"):
        folders.sort()
        for name in sorted(names):
            path = Path(folder, name)
            # A link may hang until what makes its file succeeds again.
            content = path.read_bytes() if path.is_file() else b""
            digest.update(f"{path}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def manifest_of(program: Path) -> bytes:
    """Return the names of all files that a program runs with; nothing where a build has left none."""
    manifest = Path(f"{program}.runfiles/MANIFEST")
    return manifest.read_bytes() if manifest.exists() else b""


class Process:
    """A program that waits to begin, or has; what it prints is shown line by line."""

    def __init__(
        self,
        service: Service,
        program: Path,
        environ: Mapping[str, str],
        show: Callable[[Process, str], None],
    ) -> None:
        """Start a spare. To be called by the main thread: its end is what the kernel goes by."""
        self.service = service
        self.program = program
        self.manifest = manifest_of(program)
        self.digest = ""
        self.address = ""
        self.is_stopped = False
        self._show = show
        own = {name: text for name, text in environ.items() if name not in _OWN}
        # At a terminal it logs as at one.
        reader, writer = os.openpty() if sys.stdout.isatty() else os.pipe()
        self._output = open(reader, encoding="utf-8", errors="replace")  # noqa: SIM115
        self._process = subprocess.Popen(
            [*_ENDING_WITH_THIS, program],
            cwd=f"{program}.runfiles/_main",
            env={**own, _ARGUMENTS: str(_SPARE), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE,
            stdout=writer,
            stderr=writer,
            text=True,
            # Ctrl-C is for this program, which stops the others in its own way.
            process_group=0,
        )
        os.close(writer)
        threading.Thread(target=self._read, daemon=True).start()

    def begin(self, digest: str) -> None:
        """Have it run the program as it is saved now, which has this digest, on a port of its own."""
        self.digest = digest
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.started = time.monotonic()
        # One that has just ended is found so when it is waited for.
        with suppress(OSError):
            if self._process.stdin:
                self._process.stdin.write(f"{self.service.port_variable}={self.port}\n")
                self._process.stdin.close()

    def _read(self) -> None:
        # A terminal whose last writer has gone gives an error, and no end.
        with suppress(OSError), self._output:
            for line in self._output:
                self._show(self, line.rstrip("\n"))
        exit_code = self._process.wait()
        if not self.is_stopped:
            self._show(self, f"ended with exit code {exit_code}")

    @property
    def age(self) -> float:
        """For how many seconds it runs."""
        return time.monotonic() - self.started

    def is_alive(self) -> bool:
        """Return whether it runs."""
        return self._process.poll() is None

    def wait_until_ready(self, seconds: float = READY_SECONDS) -> bool:
        """Return true once it is ready, false where it ends before or takes too long."""
        end = self.started + seconds
        while self.is_alive() and time.monotonic() < end:
            if self._is_ready():
                return True
            time.sleep(_PAUSE)
        return False

    def _is_ready(self) -> bool:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=5)) as connection:
            try:
                connection.request("GET", self.service.ready_path)
                return connection.getresponse().status == 200
            except OSError, HTTPException:
                return False

    def terminate(self) -> None:
        """Tell it to stop."""
        self.is_stopped = True
        self._signal(signal.SIGTERM)

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Have it stop, and kill what is left of it after a while."""
        self.terminate()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._show(self, f"doesn't stop within {seconds:.0f} s and is killed")
        self._signal(signal.SIGKILL)
        self._process.wait()

    def _signal(self, number: int) -> None:
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            return
