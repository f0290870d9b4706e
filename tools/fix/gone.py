"""Takes sources that are gone out of targets, and targets out that none is left for."""

from collections.abc import Collection

from tools.build_files.reader import CODE_RULES, TEST_RULES, Call
from tools.fix.build_edits import Edits
from tools.fix.work_tree import PYTHON, WorkTree, folder_of, is_below
from tools.imports.check.resolve import DEPS, PYI_DEPS
from tools.workspace.labels import absolute_label, path_of

KEYS = ("srcs", "pyi_srcs")
# What a BUILD file may say without offering anything.
OF_BUILD_FILE = frozenset({"package", "package_group"})


def gone_sources(tree: WorkTree, call: Call) -> list[tuple[str, str]]:
    """Return the list and the name of each source of a target that isn't there."""
    return [
        (key, str(text))
        for key in KEYS
        for text in call.strings(key)
        if text.endswith(PYTHON) and _is_gone(tree, call, str(text).removeprefix(":"))
    ]


def _is_gone(tree: WorkTree, call: Call, name: str) -> bool:
    path = f"{call.package}/{name}".lstrip("/")
    if (
        name.startswith(("//", "@"))
        or path in tree.file_set
        or (tree.root / path).exists()
    ):
        return False
    if path in tree.committed:
        return True
    # Another target may write it.
    return not any(
        name in [str(text).removeprefix(":") for text in other.strings(key)]
        for other in tree.index.build_files[call.package].calls
        if other.name != call.name
        for key in other.attributes
        if key not in KEYS or other.name == name
    )


def follow_renames(tree: WorkTree, edits: Edits) -> set[str]:
    """Have targets name renamed sources anew, and return those."""
    followed = set()
    for old, new in tree.renamed.items():
        for owner in tree.index.owners.get(old, []):
            call = tree.written(owner.label)
            if not call or folder_of(old) != folder_of(new) or new in tree.index.owners:
                continue
            stem, new_stem = (
                path.rpartition("/")[2].rpartition(".")[0] for path in (old, new)
            )
            for key, name in gone_sources(tree, call):
                if path_of(absolute_label(name, call.package)) == old:
                    inside = new.removeprefix(f"{call.package}/")
                    edits.edit(
                        call.label, f"remove {key} {name}", f"add {key} {inside}"
                    )
                    followed.add(new)
            if call.function in TEST_RULES and call.name == stem and new in followed:
                edits.edit(call.label, f"set name {new_stem}")
    return followed


def take_out_gone(tree: WorkTree, packages: Collection[str], edits: Edits) -> set[str]:
    """Take sources that are gone out of the targets of packages; return those targets."""
    lost = set()
    for package in sorted(packages):
        file = tree.index.build_files.get(package)
        for call in file.calls if file else []:
            found = gone_sources(tree, call)
            for key, name in found:
                edits.edit(call.label, f"remove {key} {name}")
            if not found:
                continue
            lost.add(call.label)
            if len(found) == _count(call) and not edits.adds_to(call.label):
                # Without sources it would stand for its deps.
                edits.edit(call.label, "remove deps", "remove pyi_deps")
    return lost


def take_out_empty(tree: WorkTree, packages: Collection[str], edits: Edits) -> None:
    """Take targets out that have no sources, and BUILD files that have no targets."""
    # What is below first: a folder's own BUILD file goes where nothing else is left.
    for package in sorted(packages, reverse=True):
        file = tree.index.build_files.get(package)
        if not file:
            continue
        left, taken_out = 0, False
        for call in file.calls:
            if not _is_empty(call):
                left += call.function not in OF_BUILD_FILE
            elif users := _take_out_of_deps(tree, call, edits):
                left += 1
                edits.decisions.append(
                    f"{file.path}:{call.node.lineno}: {call.label} has no source left, and "
                    f"{', '.join(users)} name it: take it out there, or give it a source."
                )
            else:
                edits.edit(call.label, "delete")
                taken_out = True
        if taken_out and not left:
            others = tree.file_set - edits.gone - {file.path}
            if not any(is_below(folder_of(path), package) for path in others):
                edits.gone.add(file.path)


def _take_out_of_deps(tree: WorkTree, empty: Call, edits: Edits) -> list[str]:
    """Take a target out of the deps of others; return who names it in another way."""
    left = []
    for user in tree.users_of(empty.label):
        call = tree.index.targets[user]
        named = [
            (key, text)
            for key in call.attributes
            for text in call.strings(key)
            if tree.index.actual(absolute_label(text, call.package)) == empty.label
        ]
        if all(
            key in {DEPS, PYI_DEPS} and tree.is_written(call, text.line)
            for key, text in named
        ):
            edits.edit(user, *(f"remove {key} {text}" for key, text in named))
        else:
            left.append(user)
    return left


def _count(call: Call) -> int:
    return sum(len(call.strings(key)) for key in KEYS)


def _is_empty(call: Call) -> bool:
    if call.function not in CODE_RULES or _count(call):
        return False
    if not all(call.is_known(key) for key in ("deps", *KEYS)):
        return False
    return call.function in TEST_RULES or not call.strings("deps")
