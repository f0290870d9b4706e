"""Keeps services running as they are saved: builds, starts anew what changed, and keeps what works until then."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from watchfiles import watch

from tools.up.declared import Service
from tools.up.front import Front, open_front
from tools.up.process import Process, digest_of, manifest_of
from tools.up.screen import Screen
from tools.workspace.bazel import Bazel
from tools.workspace.files import known_files

# Editors save several files in a burst; who waits for more delays all that follows.
_BURST = 20
_LONGEST_BURST = 400
_LOOK = 100


@dataclass
class Running:
    """A service, the process that serves it, and the one that is to."""

    service: Service
    front: Front
    process: Process | None = None
    candidate: Process | None = None
    spare: Process | None = None
    seen: str = ""
    """The digest of the newest program, whether it got ready or not."""

    def is_served(self) -> bool:
        """Return whether there is a process that serves."""
        return self.process is not None and self.process.is_alive()

    def wants(self, digest: str) -> bool:
        """Return whether a program that has this digest is to be started."""
        if not self.is_served():
            return True
        is_new, self.seen = digest != self.seen, digest
        # Taking a save back needs nothing: what serves is of the state before.
        return is_new and self.process is not None and self.process.digest != digest


@dataclass
class Supervisor:
    """Runs services until an exception ends it."""

    bazel: Bazel
    services: Sequence[Service]
    environ: Mapping[str, str]
    screen: Screen
    running: list[Running] = field(default_factory=list)

    def run(self) -> None:
        """Start the services, and start them anew whenever a save changes them."""
        try:
            for service in self.services:
                self.running.append(Running(service, open_front(service.port)))
            is_first = True
            # What is saved while a build runs is seen by the next turn, since the watch begins before the first build.
            for changes in watch(
                *watched_folders(self.bazel.root),
                debounce=_LONGEST_BURST,
                step=_BURST,
                rust_timeout=_LOOK,
                yield_on_timeout=True,
            ):
                if changes or is_first:
                    self.update()
                is_first = False
        finally:
            self.stop()

    def update(self) -> None:
        """Build the services, and start those anew that are no longer what was started."""
        # What runs are links to the sources: most saves need no build to be started, and it goes on meanwhile.
        for running in self.running:
            program = running.process.program if running.process else None
            if program and manifest_of(program):
                digest = digest_of(program)
                if running.wants(digest):
                    self._start(running, program, digest)
        built = self.bazel.build([service.label for service in self.services])
        if built.failure:
            self.screen.show("bazel", str(built.failure))
        programs, labels = built.files("default"), built.targets()
        for running in self.running:
            is_built = running.service.label in labels
            program = programs.get(running.service.program) if is_built else None
            self._settle(running, program)
        # Side by side: together they take as long as the slowest.
        for running in self.running:
            if running.candidate:
                self._take_over(running, running.candidate)
        for running in self.running:
            if running.process and not running.spare:
                running.spare = self._spare(running, running.process.program)

    def _settle(self, running: Running, program: Path | None) -> None:
        """Start what the build made, unless it is started, or nothing of what the build failed for."""
        digest = digest_of(program) if program else ""
        if running.candidate and running.candidate.digest != digest:
            self._drop(running)
        if program is None:
            self._tell(running, "can't be built; Bazel says above why")
        elif not running.candidate and running.wants(digest):
            self._start(running, program, digest)

    def _drop(self, running: Running) -> None:
        """End what was started before the build was known to fail, or to make another."""
        candidate, running.candidate = running.candidate, None
        if candidate:
            running.seen = ""
            candidate.stop()

    def _start(self, running: Running, program: Path, digest: str) -> None:
        spare, running.spare = running.spare, None
        if spare and not (spare.is_alive() and spare.manifest == manifest_of(program)):
            # It may have loaded what is there no more.
            spare.stop()
            spare = None
        running.candidate = spare or self._spare(running, program)
        running.candidate.begin(digest)

    def _spare(self, running: Running, program: Path) -> Process:
        name, front = running.service.name, running.front.address

        def show(process: Process, line: str) -> None:
            # What it says of its own address is true of the one that lasts, too.
            own = process.address or front
            self.screen.show(name, line.replace(own, front))

        return Process(running.service, program, self.environ, show)

    def _take_over(self, running: Running, candidate: Process) -> None:
        """Have a new process serve once it is ready, or else keep the one before."""
        retired = candidate
        if candidate.wait_until_ready():
            retired, running.process = running.process, candidate
            running.front.lead_to(candidate.port)
            text = f"ready at {running.front.address} ({candidate.age:.1f} s)"
            self.screen.show(running.service.name, text)
        elif candidate.is_alive():
            self._tell(running, f"isn't ready after {candidate.age:.0f} s")
        else:
            self._tell(running, "ended before it was ready")
        running.candidate = None
        if retired:
            # It may finish what it is at while others take over.
            threading.Thread(target=retired.stop, daemon=True).start()

    def _tell(self, running: Running, text: str) -> None:
        then = (
            "what ran before still serves"
            if running.is_served()
            else "the next save tries again"
        )
        self.screen.show(running.service.name, f"{text}; {then}")

    def stop(self) -> None:
        """Stop all services, side by side."""
        processes = [
            process
            for running in self.running
            for process in (running.process, running.candidate, running.spare)
            if process
        ]
        for process in processes:
            process.terminate()
        for process in processes:
            process.stop()
        for running in self.running:
            running.front.server_close()


def watched_folders(root: Path) -> list[Path]:
    """Return the folders below the root that hold files which git knows.

    Not the root itself: its links lead into Bazel's output, and a watch follows them.
    """
    names = {path.split("/")[0] for path in known_files(root) if "/" in path}
    return [root / name for name in sorted(names)]
