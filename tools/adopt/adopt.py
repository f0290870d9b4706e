"""Moves a project in: its files as they are, and BUILD files by which it runs.

Invoked as: bazel run //tools/adopt -- PATH… [--as libs/NAME] [--dry-run]
PATH is the folder of a project, or of a uv workspace with several; of a git repository the
history comes along, as a merge that is left to commit. No source line is changed. A project
that lies in the repository already is wired where it is. `--dry-run` prints the plan.

Exits 1 where something is left to decide, 2 where it could not run.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from packaging.utils import canonicalize_name

from tools.adopt.demands import left_out, switches, with_demands
from tools.adopt.heading import begin
from tools.adopt.moving import move, shortened
from tools.adopt.plan import Plan, layout_of, make_plan, manifest_of, reading
from tools.adopt.publishing import wheel_of
from tools.adopt.setup_program import PROGRAM
from tools.adopt.wiring import Wish, wire
from tools.adopt.workspace import members_of
from tools.findings.record import record_baselines
from tools.fix.build_files import fix_build_files
from tools.fix.fix import write as write_build_files
from tools.fix.programs import read_programs
from tools.fix.work_tree import (
    WorkTree,
    folder_of,
    is_below,
    read_work_tree,
)
from tools.lock.inputs import INPUTS, read_inputs
from tools.lock.manifests import PYPROJECT
from tools.lock.pins import LOCK, read_pins, read_text
from tools.scaffold.command import project_parser, run, write
from tools.scaffold.projects import RefusedError, new_folder, row_of, with_row
from tools.workspace.bazel import Bazel
from tools.workspace.files import known_files
from tools.workspace.names import label_name
from tools.workspace.settings import projects


def parse_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = project_parser("//tools/adopt", __doc__)
    parser.add_argument(
        "--as", dest="folder", metavar="libs/NAME", help="where it goes"
    )
    parser.add_argument("paths", nargs="+", metavar="PATH")
    return parser.parse_args(argv)


def plans_of(root: Path, options: argparse.Namespace) -> list[Plan]:
    """Return the plan of each project.

    Raises:
        RefusedError: one of them can't move.
    """
    called = Path(os.environ.get("BUILD_WORKING_DIRECTORY", root))
    members = []
    for text in options.paths:
        path = (called / text).resolve()
        with reading(path):
            members += members_of(path)
    if options.folder and len(members) > 1:
        raise RefusedError(
            f"--as: found {len(members)} projects, wanted one.\nFix: leave it out."
        )
    manifests = known_files(root, *(f"{top}/*/pyproject.toml" for top in projects()))
    known = {}
    for folder in [*((root / path).parent for path in manifests), *members]:
        with reading(folder):
            known[folder] = manifest_of(folder)
    plans = []
    for member in members:
        layout = layout_of(member, "", members)
        if not layout.sources and layout.theirs:
            # The root of a workspace holds what its members share.
            continue
        place = options.folder or new_folder("library", label_name(known[member].name))
        folder = place.strip("/")
        if member.is_relative_to(root):
            folder = member.relative_to(root).as_posix()
        elif (root / folder).exists():
            raise RefusedError(
                f"{folder}: is there already.\nFix: take another by --as."
            )
        with reading(member):
            plans.append(make_plan(member, folder, known.values(), members))
    return plans


def describe(plan: Plan) -> Iterator[str]:
    """Yield what becomes of a project."""
    manifest, layout = plan.manifest, plan.layout
    yield f"{plan.folder}: {manifest.name} {manifest.version}".rstrip()
    yield f"  moves: {len(layout.moved)} files, {len(layout.sources)} of them Python"
    if layout.compiled:
        yield f"  compiled at home, and by nothing here: {shortened(layout.compiled)}"
    if layout.left:
        yield f"  stays behind, since nothing here runs or reads it: {', '.join(layout.left)}"
    yield f"  pytest's settings: {plan.settings}"
    if plan.metadata:
        yield f"  says what it is in [project] of {PYPROJECT}, written as {PROGRAM} says it"
    if plan.demands.everything:
        yield f"  asks for: {', '.join(map(str, plan.demands.everything))}"
    if plan.demands.unnamed:
        unnamed = shortened(plan.demands.unnamed)
        yield f"  not asked for, since no source or setting names it: {unnamed}"
    if plan.version:
        yield f"  its version comes from a build tool; here it is {plan.version}"
    if plan.unheeded:
        yield f"  not heeded, the repository's own hold: {', '.join(plan.unheeded)}"


def ask(root: Path, plans: Sequence[Plan]) -> None:
    """Have the lock hold what the projects ask for.

    Raises:
        RefusedError: it can't be solved.
    """
    file = root / INPUTS
    before = text = file.read_text("utf-8")
    for plan in plans:
        text = with_demands(text, plan.folder, plan.demands.everything)
    pinned = {pin.name for pin in read_pins(read_text(root / LOCK))}
    if text == before and pinned.issuperset(asked.name for asked in read_inputs(text)):
        return
    write(root, {INPUTS: text})
    if Bazel(root).show("run", "//:requirements.update"):
        again = f"bazel run //tools/adopt -- {' '.join(plan.folder for plan in plans)}"
        raise RefusedError(
            f"{INPUTS}: what it asks for now can't be solved; above stands why.\n"
            f"Fix: change its new lines, or comment out what nothing needs, then {again}"
        )


def wired(
    root: Path, plans: Sequence[Plan], options: argparse.Namespace
) -> tuple[WorkTree, WorkTree, list[str]]:
    """Return the tree before and after its targets are made, and what is left to decide."""
    beside = {plan.folder: begin(root, plan) for plan in plans}
    programs = read_programs(options)
    tree = read_work_tree(root)
    folders = {
        folder_of(path)
        for path in tree.files
        if any(is_below(path, plan.folder) for plan in plans)
    }
    result = fix_build_files(tree, folders, programs)
    absent = left_out((root / INPUTS).read_text("utf-8"))
    for plan in plans:
        runtime, tests = (
            [label_name(d.name) for d in ds if canonicalize_name(d.name) not in absent]
            for ds in (plan.demands.runtime, plan.demands.tests)
        )
        wish = Wish(
            project=plan.folder,
            settings=plan.settings,
            beside=beside[plan.folder],
            args=switches([d.name for d in plan.demands.tests], plan.words),
            runtime=runtime,
            tests=tests,
            names=plan.names,
            wheel=wheel_of(plan),
        )
        result.tree = wire(result.tree, wish, programs)
    return tree, result.tree, result.decisions


def report(lines: Sequence[str], decisions: Sequence[str]) -> None:
    """Say what was done, and what is left to decide."""
    print("\n".join(lines), flush=True)
    sys.stderr.writelines(f"to decide: {line}\n" for line in dict.fromkeys(decisions))


def adopt(root: Path, options: argparse.Namespace) -> int:
    """Move the projects in, and return the exit code.

    Raises:
        RefusedError: one of them can't move.
    """
    plans = plans_of(root, options)
    lines = [line for plan in plans for line in describe(plan)]
    if options.dry_run:
        print("\n".join(lines))
        return 0
    decisions = [line for plan in plans for line in move(root, plan)]
    try:
        ask(root, plans)
    except RefusedError:
        # The next call finds the files where they are, and nothing that stayed behind.
        report(lines, decisions)
        raise
    before, after, undecided = wired(root, plans, options)
    decisions += [*undecided, *write_build_files(before, after)]
    for plan in plans:
        readme, row = row_of(plan.folder)
        text = (root / readme).read_text("utf-8")
        if f"| `{row}` |" not in text:
            about = plan.manifest.summary or plan.manifest.name
            write(root, {readme: with_row(text, row, about)})
    new = record_baselines(root, [f"//{plan.folder}/..." for plan in plans])
    decisions += [f"{f.path}:{f.line}: {f.text} [{f.rule}]" for f in new]
    report(lines, decisions)
    return 1 if decisions else 0


def main(argv: Sequence[str] | None = None) -> int:
    """Move a project in."""
    return run(adopt, parse_arguments(argv))


if __name__ == "__main__":
    sys.exit(main())
