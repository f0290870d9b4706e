"""Fails what opens a file of the workspace that the test's target doesn't declare.

Inputs of a sandbox are links into the workspace, so its path can't be hidden from a test: an
audit hook looks at what is opened instead. A Python process that the test starts imports this
file by its name, from PYTHONPATH.

What it misses: stat and exists, which raise no audit event; a path below a `dir_fd`, which none
tells; C code; sub-interpreters; programs that aren't Python, and links into the workspace that
they make in the runfiles; interpreters that start with `-I`, `-E` or `-S`, or without the test's
environment.
"""

import os
import sys
from types import ModuleType

# The file that names what was opened, so that no `except` and no child process hides it.
LOG = "MONOREPO_UNDECLARED_READS"
_THIS_FILE = "/tools/testing/workspace_guard/sitecustomize.py"
# Events whose first argument is a path: https://docs.python.org/3/library/audit_events.html
_EVENTS = {
    "ctypes.dlopen",
    "open",
    "os.chdir",
    "os.exec",
    "os.link",
    "os.listdir",
    "os.posix_spawn",
    "os.scandir",
    "os.symlink",
    "sqlite3.connect",
    "subprocess.Popen",
}
# What is raised for something that is no path, whose user says so. (A program that a test
# starts may be an older Python, which wants a name here.)
_NO_PATH = (OSError, TypeError, ValueError)


def own_path() -> ModuleType:
    """Return an `os.path` that nobody else has, whose functions call those of an own `os`.

    A test may patch both, to find what blocks an event loop.
    """
    names = ("os", "genericpath", "posixpath")
    kept = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    sys.modules["os"] = ModuleType("os")
    vars(sys.modules["os"]).update(vars(os))
    try:
        return __import__("posixpath")
    finally:
        sys.modules.update(kept)


_path = own_path()
abspath, dirname, islink = _path.abspath, _path.dirname, _path.islink
join, realpath = _path.join, _path.realpath


class Guard:
    """The workspace, and the runfiles of the repository, which say what of it is declared."""

    def __init__(self, workspace: str, main: str, target: str, log: str) -> None:
        self.workspace = workspace
        self.main = main
        self.target = target
        self.log = log
        # What the build brings needs no second look: imports open these alone.
        library = dirname(os.__file__)
        self.runfiles = f"{dirname(main)}/"
        self.free: tuple[str, ...] = (self.runfiles, f"{library}/", f"{sys.prefix}/")
        self.declared: frozenset[str] | None = None
        # The real path of each folder: finding it costs more than opening a file.
        self.folders: dict[str, str] = {}

    def hook(self, event: str, arguments: tuple[object, ...]) -> None:
        """Look at an audit event; it is called for every one, most of them of other kinds."""
        if event not in _EVENTS:
            return
        __tracebackhide__ = True
        path = arguments[0]
        if event == "os.symlink":
            path = self.linked(path, arguments[1])
        elif type(path) is str and path.startswith(self.free) and "/../" not in path:
            return
        if event == "sqlite3.connect" and type(path) is str:
            path = file_of_uri(path)
        self.check(path)
        if event == "subprocess.Popen":
            self.check(arguments[2])

    def linked(self, source: object, link: object) -> object:
        """Return where a link is to lead; with one more in the runfiles, these aren't the build's alone."""
        try:
            # pyrefly: ignore[bad-argument-type]
            place, target = abspath(os.fsdecode(link)), os.fsdecode(source)
        except _NO_PATH:
            return source
        if place.startswith(self.runfiles):
            self.free = tuple(it for it in self.free if it != self.runfiles)
        return join(dirname(place), target)

    def check(self, path: object) -> None:
        """Raise PermissionError for a path in the workspace that isn't declared."""
        __tracebackhide__ = True
        if isinstance(path, int):
            return
        try:
            # Any object can be given; TypeError tells.
            # pyrefly: ignore[bad-argument-type]
            text = os.fsdecode(path or ".")
            real = self.real_path(text)
        except _NO_PATH:
            return
        # The latter for links of the workspace that lead out of it, such as bazel-bin.
        for place in (real, abspath(text)):
            if f"{place}/".startswith(f"{self.workspace}/"):
                if not self.is_declared(place, real):
                    self.refuse(place[len(self.workspace) + 1 :])
                return

    def real_path(self, path: str) -> str:
        """Return where a path leads to."""
        folder, _, name = path.rpartition("/")
        if not folder.startswith("/") or name in ("", "..") or islink(path):
            real: str = realpath(path)
            return real
        if folder not in self.folders:
            self.folders[folder] = realpath(folder)
        return f"{self.folders[folder]}/{name}"

    def is_declared(self, place: str, real: str) -> bool:
        """Return whether a file, or a folder as a whole, is in the runfiles."""
        if realpath(self.main + place[len(self.workspace) :]) == real:
            return True
        if self.declared is None:
            # Another repository may have it under another name.
            self.declared = frozenset(real_paths(dirname(self.main)))
        while len(real) > len(self.workspace):
            if real in self.declared:
                return True
            real = dirname(real)
        return False

    def refuse(self, path: str) -> None:
        """Note what was opened, and raise."""
        __tracebackhide__ = True
        named = "the target that makes it" if path.startswith("bazel-") else path
        named = named or "the files"
        text = (
            f"{self.target} opens {path or 'the root'} in the workspace, and doesn't declare it: an "
            "edit there wouldn't run it again.\n"
            f"Fix: add {named} to data, and open the path from the root, where tests start."
        )
        file = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            os.write(file, f"{text}\n".encode(errors="surrogateescape"))
        finally:
            os.close(file)
        raise PermissionError(text)


def file_of_uri(text: str) -> str:
    """Return the file that a URI of SQLite names; a path as it is."""
    if not text.startswith("file:"):
        return text
    from urllib.parse import unquote, urlsplit  # noqa: PLC0415  # seldom needed

    return unquote(urlsplit(text).path)


def real_paths(folder: str) -> list[str]:
    """Return the real path of every link below a folder."""
    found = []
    for path, folders, files in os.walk(folder):
        for name in (*folders, *files):
            entry = join(path, name)
            if islink(entry):
                found.append(realpath(entry))
    return found


def find_workspace(file: str) -> tuple[str, str]:
    """Return the workspace that this file's link leads to, or nothing, and the runfiles.

    Where inputs are copies (remote execution, a hermetic sandbox), links lead nowhere and the
    workspace is out of reach.
    """
    main = abspath(file).removesuffix(_THIS_FILE)
    workspace = realpath(file).removesuffix(_THIS_FILE)
    is_copy = f"{realpath(main)}/".startswith(f"{workspace}/")
    return "" if is_copy else workspace, main


def install() -> None:
    """Guard this process, which is a test under Bazel or was started by one."""
    workspace, main = find_workspace(__file__)
    log = os.environ.get(LOG)
    if workspace and log:
        target = os.environ.get("TEST_TARGET", "This test")
        sys.addaudithook(Guard(workspace, main, target, log).hook)


def give_way() -> None:
    """Import the `sitecustomize` that this one stands before, if there is one."""
    here = dirname(__file__)
    sys.path[:] = [entry for entry in sys.path if entry != here]
    own = sys.modules.pop(__name__)
    try:
        __import__(__name__)
    except ModuleNotFoundError:
        sys.modules[__name__] = own


if __name__ == "sitecustomize":
    install()
    give_way()
