"""Makes a clone a team's own: its name, and two tiny projects in place of the samples.

Invoked as: bazel run //tools/template:init -- --name acme [--without-samples] [--license SPDX] [--host github|gitlab]
It takes a clean work tree, so that `git diff` shows what it did and git can take it back.
Exits 1 where it can't work or //:fix leaves something to decide, 2 where it could not run.

Examples:
  bazel run //tools/template:init -- --name acme --without-samples
"""

import argparse
import datetime
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.fix.programs import add_programs
from tools.scaffold.command import PROGRAMS, run, write
from tools.scaffold.mentions import Project, read_texts
from tools.scaffold.new import new
from tools.scaffold.projects import RefusedError, new_folder, without_row
from tools.scaffold.remove import remove
from tools.template.version import RECORD, refuse_changes, version
from tools.workspace.command import plain_parser
from tools.workspace.files import known_files
from tools.workspace.labels import project_of
from tools.workspace.settings import kind_of

MODULE = "MODULE.bazel"
README = "README.md"
CI = ".ci/run"
NOTICE = "NOTICE"
SETTINGS = "settings.bzl"
# A text for each licence but the template's own, which LICENSE has.
LICENCES = Path(__file__).with_name("licences")
OWN_LICENCE = "Apache-2.0"
# What only one code host reads.
HOSTS = {"github": (".github",), "gitlab": (".gitlab", ".gitlab-ci.yml")}
# What is made in place of the samples.
MADE = {"library": "hello", "service": "greeter"}

_LICENCE = re.compile(r'^LICENCE = ".*"', re.MULTILINE)
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_MODULE_NAME = re.compile(r'(?<=^module\(\n    name = ")[^"]+', re.MULTILINE)
# The README's second command starts a service, and below it stands what that prints.
_SERVED = re.compile(
    r"(?<=^\$ \./bazelw run //)(?P<service>services/\w+)\n[^$`]*\n", re.M
)
# CI tries the line that it prints to be pasted, which another service doesn't.
_PASTED = re.compile(r"^# Tries the line .*?^}\n\n|^step paste\n", re.M | re.S)


def named(texts: Mapping[str, str], name: str) -> dict[str, str]:
    """Return the files in which the repository has another name."""
    title = re.sub(r"^# .*", f"# {name}", texts[README], count=1)
    return {MODULE: _MODULE_NAME.sub(name, texts[MODULE]), README: title}


def licensed(texts: Mapping[str, str], licence: str, name: str) -> dict[str, str]:
    """Return the files that say under which licence the repository is.

    Raises:
      RefusedError: there is no text for it.
    """
    year, holder = (
        str(datetime.datetime.now(datetime.UTC).year),
        f"the authors of {name}",
    )
    notice = (
        f"{name}\nCopyright {year} {holder}\n\nLicensed under {licence}; see LICENSE.\n"
    )
    changed = {NOTICE: notice}
    if licence == OWN_LICENCE:
        return changed
    known = sorted(path.stem for path in LICENCES.glob("*.txt"))
    if licence not in known:
        raise RefusedError(
            f'"{licence}": there is no text for it, wanted {", ".join([OWN_LICENCE, *known])}.\n'
            f"Fix: take one of these, and write LICENSE and LICENCE in {SETTINGS} by hand."
        )
    text = (LICENCES / f"{licence}.txt").read_text(encoding="utf-8")
    changed["LICENSE"] = text.replace("{year}", year).replace("{holder}", holder)
    changed[SETTINGS] = _LICENCE.sub(f'LICENCE = "{licence}"', texts[SETTINGS])
    return changed


def without_other_hosts(root: Path, host: str) -> None:
    """Take out what only another code host reads."""
    for other in HOSTS.keys() - {host}:
        for path in HOSTS[other]:
            if (root / path).is_dir():
                shutil.rmtree(root / path)
            else:
                (root / path).unlink(missing_ok=True)
            print(f"removed {path}")


def samples(paths: Sequence[str]) -> list[str]:
    """Return the folders of libraries and services, but those that are made here."""
    folders = {project_of(path) for path in paths if path.count("/") > 1}
    made = {new_folder(kind, name) for kind, name in MADE.items()}
    return sorted(it for it in folders - made if kind_of(it) in MADE)


def shown_service(texts: Mapping[str, str], folder: str) -> dict[str, str]:
    """Return the files in which another service is the example: docs and CI."""
    found = _SERVED.search(texts[README])
    if not found:
        raise RefusedError(f"{README}: found no command that starts a service.")
    if found["service"] == folder:
        return {}
    old = Project(found["service"])
    readme = _SERVED.sub(f"{folder}\n", texts[README])
    changed = {
        README: without_row(readme, old.folder)[0],
        CI: _PASTED.sub("", texts[CI]),
    }
    for path, text in {**texts, **changed}.items():
        is_shown = path.endswith(".md") or path == CI
        if is_shown and not old.holds(path) and old.sure.search(text):
            changed[path] = old.with_name(text, Project(folder))
    return changed


def init(root: Path, options: argparse.Namespace) -> int:
    """Make the clone a team's own, and return the exit code.

    Raises:
      RefusedError: it can't work.
    """
    if not _NAME.fullmatch(options.name):
        raise RefusedError(
            f'"{options.name}": is no name of a module of Bazel.\n'
            "Fix: take lower case letters, digits and _, a letter first."
        )
    refuse_changes(root)
    texts = read_texts(root)
    made_own = licensed(texts, options.license, options.name)
    record = {RECORD: f"{version(root)}\n"}
    write(root, named(texts, options.name) | made_own | record)
    if options.host:
        without_other_hosts(root, options.host)
    if not options.without_samples:
        return 0
    folders = samples(known_files(root))
    texts = read_texts(root)
    write(root, shown_service(texts, new_folder("service", MADE["service"])))
    for kind, name in MADE.items():
        made = {"what": kind, "name": name, "kind": "http", "top": ""}
        if (root / new_folder(kind, name)).exists():
            continue
        if code := new(root, argparse.Namespace(**vars(options) | made)):
            return code
    return remove(root, argparse.Namespace(**vars(options), folders=folders))


def main(argv: Sequence[str] | None = None) -> int:
    """Make a clone a team's own."""
    parser = plain_parser("//tools/template:init", __doc__)
    add_programs(parser, *PROGRAMS)
    parser.set_defaults(dry_run=False)
    parser.add_argument("--name", required=True, help="of the repository")
    parser.add_argument(
        "--without-samples",
        action="store_true",
        help="take out what is in libs and services, and make two tiny projects",
    )
    parser.add_argument("--license", default=OWN_LICENCE, help="as SPDX names it")
    parser.add_argument("--host", choices=HOSTS, help="take out what others read")
    return run(init, parser.parse_args(argv))


if __name__ == "__main__":
    sys.exit(main())
