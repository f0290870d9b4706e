"""Makes the deps of targets what their sources import."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from tools.build_files.pytest_files import TEST_FOLDERS
from tools.build_files.reader import Call
from tools.build_files.visibility import may_see
from tools.fix.build_edits import Edits
from tools.fix.grants import Grants
from tools.fix.target_imports import KEYS, TargetImports
from tools.fix.work_tree import WorkTree, build_path, is_test
from tools.imports.check.resolve import DEPS, PYI_DEPS, Problem, resolve, unused_deps
from tools.imports.index.modules import candidates, stub_of
from tools.imports.index.repository import Owner, distributions_of
from tools.workspace.labels import package_of, relative_label


@dataclass(frozen=True, order=True)
class Dep:
    """A dep that a target lacks."""

    key: str
    user: str
    label: str
    place: str
    module: str


class Dependencies:
    """Compares the deps of targets with their imports, and edits them."""

    def __init__(self, tree: WorkTree, edits: Edits) -> None:
        self.tree = tree
        self.edits = edits
        self.grants = Grants(tree, edits)
        self.missing: list[Dep] = []
        self.graph = {label: set(used) for label, used in tree.edges.items()}

    def compare(self, call: Call) -> None:
        """Note what the deps of a target lack, and take out what nothing imports."""
        if not all(call.is_known(key) for key in ("srcs", *KEYS)):
            return
        if not self.tree.unreadable.isdisjoint(self.tree.index.files(call)):
            return
        own = TargetImports(self.tree, call)
        if not own.paths:
            return
        self.edits.decisions += own.undecided.values()
        for (_, label), (text, *_) in own.written.items():
            owner = self.tree.repository.owners.get(label)
            if owner:
                place = f"{build_path(call.package)}:{text.line}"
                self.grants.let_in(owner, call, f'{place}: names "{text}"')
        usage = resolve(own.target, own.sources.imports, own.packages.may_bind)
        found: dict[str, Dep] = {}
        for problem in sorted(usage.problems, key=lambda p: p.imported.typing_only):
            dep = self._provider(own, problem)
            if dep:
                found.setdefault(dep.label, dep)
        self.missing += found.values()
        unused = set(own.dangling)
        if not own.sources.broken:
            mentioned = {
                name for m in own.sources.mentions() for name in candidates(m, "")
            }
            unused.update(unused_deps(own.target, usage, mentioned), own.replaced)
        unused |= {(PYI_DEPS, dep.label) for dep in found.values() if dep.key == DEPS}
        for key, label in sorted(unused):
            self._take_out(own, key, label)

    def _take_out(self, own: TargetImports, key: str, label: str) -> None:
        file = self.tree.index.build_files[own.call.package]
        for text in own.written.get((key, label), []):
            if file.keep_reason(text):
                continue
            if self.edit(own.call, f"remove {key} {text}", text.line):
                self.graph[own.call.label].discard(label)

    def edit(self, call: Call, command: str, line: int = 0) -> bool:
        """Edit a target, or note that it must be done by hand.

        Args:
            call: the target.
            command: buildozer's.
            line: where what goes is written, if anything goes.
        """
        if self.tree.is_written(call, line):
            self.edits.edit(call.label, command)
            return True
        self.edits.decisions.append(
            f"{build_path(call.package)}:{line or call.node.lineno}: {call.label} is not "
            f"written out here: {command} by hand."
        )
        return False

    def _provider(self, own: TargetImports, problem: Problem) -> Dep | None:
        """Return the dep that has what is imported, if it can be told."""
        imported = problem.imported
        place = f"{problem.path}:{imported.line}"
        if problem.hidden_by or imported.module.startswith("."):
            return None  # No dep helps, and the check says why.
        if (place, imported.module) in own.undecided:
            return None
        key = PYI_DEPS if imported.typing_only else DEPS
        package = () if problem.is_name else (imported.module, problem.module)
        for module in (f"{imported.module}.{imported.name}", *package):
            owners = self.tree.repository.owners_of(module)
            owners = [owner for owner in owners if owner.label != own.call.label]
            if owners:
                label = self._choose(own, owners, place, module)
                return Dep(key, own.call.label, label, place, module) if label else None
        if problem.is_name or imported.optional:
            return None
        label = self._distribution(own, problem, place)
        return Dep(key, own.call.label, label, place, problem.module) if label else None

    def _choose(
        self, own: TargetImports, owners: Sequence[Owner], place: str, module: str
    ) -> str:
        user = own.call
        beside = [o for o in owners if package_of(o.label) == user.package]
        seen = beside or [
            owner
            for owner in owners
            if may_see(owner.visibility, package_of(owner.label), user.package)
        ]
        if len(seen) > 1:
            self.edits.decisions.append(
                f'{place}: imports "{module}", which several have: name one of '
                f"{', '.join(owner.label for owner in seen)} in the deps of {user.label}."
            )
            return ""
        chosen = seen[0] if seen else owners[0]
        said = f'{place}: imports "{module}" of {chosen.label}'
        return chosen.label if self.grants.let_in(chosen, user, said) else ""

    def _distribution(self, own: TargetImports, problem: Problem, place: str) -> str:
        if "all_requirements" in ast.unparse(own.call.node):
            return ""
        imported = problem.imported
        names = [f"{imported.module}.{imported.name}", problem.module]
        if imported.typing_only:
            names.append(stub_of(problem.module))
        table = self.tree.distribution_table
        labels = next(filter(None, (distributions_of(table, n) for n in names)), [])
        said = f'{place}: imports "{problem.module}"'
        if not labels:
            self.edits.decisions.append(
                f"{said}, and no target, no locked distribution and no module of Python "
                "has that name: correct it, or add its distribution to requirements.in."
            )
        elif len(labels) > 1:
            self.edits.decisions.append(
                f"{said}, which several have: name one of {', '.join(labels)} in the "
                f"deps of {own.call.label}."
            )
        elif why := self.grants.forbidden(own.call, labels[0]):
            self.edits.decisions.append(
                f"{said} of {labels[0]}, and {why}: import something else."
            )
        else:
            return labels[0]
        return ""

    def add_missing(self) -> None:
        """Add what is missing, but for what would close a cycle."""
        for dep in sorted(self.missing):
            user = self.tree.index.targets[dep.user]
            back = self._path(dep.label, dep.user)
            if back:
                self._refuse_cycle(dep, back)
            elif self._may_be_of(user, dep):
                shown = relative_label(dep.label, user.package)
                if self.edit(user, f"add {dep.key} {shown}"):
                    self.graph[dep.user].add(dep.label)

    def _may_be_of(self, user: Call, dep: Dep) -> bool:
        """Return whether a target may depend on one for tests; it may become one."""
        needed = self.tree.index.targets.get(dep.label)
        if not needed or not is_test(needed) or is_test(user):
            return True
        if TEST_FOLDERS.isdisjoint(user.package.split("/")):
            self.edits.decisions.append(
                f'{dep.place}: imports "{dep.module}" of {dep.label}, which is for tests '
                f"only: import something else, or make {dep.user} testonly."
            )
            return False
        user.attributes["testonly"] = True
        return self.edit(user, "set testonly True")

    def _path(self, start: str, end: str) -> list[str]:
        """Return the labels by which a target reaches another; nothing if it doesn't."""
        paths = {start: [start]}
        for label in (todo := [start]):
            if label == end:
                return paths[label]
            for used in sorted(self.graph.get(label, ())):
                if used not in paths:
                    paths[used] = [*paths[label], used]
                    todo.append(used)
        return []

    def _refuse_cycle(self, dep: Dep, back: Sequence[str]) -> None:
        place = self._place_of(*back[:2])
        self.edits.decisions.append(
            f'{dep.place}: imports "{dep.module}" of {dep.label}, which needs '
            f"{dep.user} already ({' -> '.join(back)}; {place}): move what both need to "
            "a third target, or make one of the two."
        )

    def _place_of(self, label: str, dep: str) -> str:
        """Return where a target's sources import a dep, or where its BUILD file names it."""
        call = self.tree.index.targets[label]
        for path, imported in TargetImports(self.tree, call).sources.imports:
            for module in candidates(imported.module, imported.name)[:2]:
                if dep in [o.label for o in self.tree.repository.owners_of(module)]:
                    return f"{path}:{imported.line}"
        return f"{build_path(call.package)}:{call.node.lineno}"
