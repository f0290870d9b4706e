"""Turns what resolve.py found into findings that say why, where, and what fixes it."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from tools.build_files.reader import BuildFile, Call
from tools.build_files.starlark import Text
from tools.build_files.visibility import may_see
from tools.findings.finding import Finding
from tools.imports.check.resolve import DEPS, PYI_DEPS, Problem, Target
from tools.imports.check.sources import SourceSyntaxError
from tools.imports.index.modules import stub_of
from tools.imports.index.repository import (
    Owner,
    Repository,
    describe_visibility,
    distributions_of,
    read_distributions,
)
from tools.source_text.decoding import SourceError, decode_python, read_starlark
from tools.workspace.labels import package_of, split_label


class Explainer:
    """Knows the target, its BUILD file and the repository around it."""

    def __init__(
        self, target: Target, repository: str, distributions: str, build_file: str = ""
    ) -> None:
        """Read the files that explain."""
        self.target = target
        self.repository = Repository(_read(repository))
        self.distributions = read_distributions(_read(distributions))
        self.build_file: BuildFile | None = None
        self.build_path = f"{target.package}/BUILD.bazel".lstrip("/")
        if build_file:
            text = read_starlark(Path(build_file))
            self.build_file = BuildFile(text, self.build_path)
        self.edits: set[tuple[str, str, str]] = set()
        """What the findings have said already: `add` or `remove`, the list, and the label."""
        self.command = f"bazel run //tools/imports:fix -- {target.label}"

    def imports(self, problems: Iterable[Problem]) -> list[Finding]:
        """Return one finding per line and module."""
        findings: dict[tuple[str, int, str], Finding] = {}
        # What runs comes first: a dep of it serves the types too.
        for problem in sorted(
            problems, key=lambda problem: problem.imported.typing_only
        ):
            found = self._explain(problem)
            key = (problem.path, problem.imported.line, problem.module)
            if found:
                findings.setdefault(key, found)
        return list(findings.values())

    def syntax(self, path: str, data: bytes, error: SourceSyntaxError) -> Finding:
        """Return the finding that Python refuses a source."""
        line, column, text, fix = error.line, error.column, error.text, "correct it."
        try:
            decode_python(data)
        except SourceError as unread:
            line, column, text, fix = unread.line, 0, unread.text, unread.fix
        label = self.target.label
        return Finding(path, line, column, "imports/syntax", f"{text}.", fix, label)

    def _explain(self, problem: Problem) -> Finding | None:
        if problem.hidden_by:
            return self._hidden(problem)
        if problem.imported.module.startswith("."):
            return self._outside_root(problem)
        return self._missing(problem)

    def _missing(self, problem: Problem) -> Finding | None:
        optional = problem.imported.optional
        if problem.providers and problem.providers[0].startswith("@") and not optional:
            return self._transitive(problem, problem.providers[0])
        # A module below the package that is named is what the line is after; then the
        # package.
        below = f"{problem.imported.module}.{problem.imported.name}"
        package = () if problem.is_name else (problem.imported.module, problem.module)
        for module in (below, *package):
            owners = self._others(module)
            if owners:
                return self._first_party(problem.of(module), owners)
        if optional:
            return None
        if problem.is_name:
            return self._unowned(problem)
        if problem.providers:
            return self._transitive(problem, problem.providers[0])
        return self._from_outside(problem)

    def _others(self, module: str) -> list[Owner]:
        """Return the other targets that hold a module."""
        owners = self.repository.owners_of(module)
        return [owner for owner in owners if owner.label != self.target.label]

    def _hidden(self, problem: Problem) -> Finding:
        folder = problem.hidden_by.rpartition(".")[0]
        return self._at(
            problem,
            "imports/hidden",
            f'imports "{problem.module}" from the folder {folder}, and Python takes '
            f"{problem.hidden_by} for it and looks no further.",
            f"rename one of the two; or make {problem.hidden_by} the __init__.py of the "
            "folder.",
        )

    def _outside_root(self, problem: Problem) -> Finding:
        imported = problem.imported
        shown = f"{imported.module} import {imported.name}".rstrip()
        return self._at(
            problem,
            "imports/unresolved",
            f'imports "from {shown}", which leaves the import root.',
            "name the module from the root.",
        )

    def _first_party(self, problem: Problem, owners: Sequence[Owner]) -> Finding | None:
        target = self.target
        seen = [
            owner
            for owner in owners
            if may_see(owner.visibility, package_of(owner.label), target.package)
        ]
        if not seen:
            return self._invisible(problem, owners[0])
        labels = [owner.label for owner in seen]
        through = [label for label in labels if label in problem.providers]
        if through:
            return self._transitive(problem, through[0])
        return self._undeclared(problem, labels)

    def _invisible(self, problem: Problem, owner: Owner) -> Finding:
        target = self.target
        return self._at(
            problem,
            "imports/invisible",
            f'imports "{problem.module}", which is in {owner.label}, and that is '
            f"{describe_visibility(owner)}: {target.label} may not use it.",
            f"import what {package_of(owner.label) or 'the root'} offers to others; or "
            f"have its owners add //{target.package} to the visibility of "
            f"{owner.label} in {owner.file}.",
        )

    def _transitive(self, problem: Problem, label: str) -> Finding | None:
        # In a branch of a select, say, that isn't this configuration's.
        if self._is_written(label, problem):
            return None
        if self.target.declared_as(self.target.indexes[label], PYI_DEPS):
            return self._for_types_only(problem, label)
        path = self.target.shortest_path(label)
        key = self._add(problem, label)
        return self._at(
            problem,
            "imports/transitive",
            f'imports "{problem.module}" of {label}, which {self.target.label} has '
            f"only through another: {' -> '.join(path)}.",
            f'add "{label}" to its {key}: {self.command}',
        )

    def _for_types_only(self, problem: Problem, label: str) -> Finding:
        self.edits |= {("add", DEPS, label), ("remove", PYI_DEPS, label)}
        return self._at(
            problem,
            "imports/types-only",
            f'imports "{problem.module}" of {label} when it runs, and '
            f"{self.target.label} has that in pyi_deps, for types only.",
            f'move "{label}" to its deps: {self.command}',
        )

    def _add(self, problem: Problem, label: str) -> str:
        """Note that a dep is missing, and return the list that it belongs to."""
        needed = ("add", DEPS, label)
        if problem.imported.typing_only and needed not in self.edits:
            needed = ("add", PYI_DEPS, label)
        self.edits.add(needed)
        return needed[1]

    def _is_written(self, label: str, problem: Problem) -> bool:
        """Return whether the BUILD file names a dep where it serves an import."""
        keys = (DEPS, PYI_DEPS) if problem.imported.typing_only else (DEPS,)
        return any(self._written(label, key) for key in keys)

    def _undeclared(self, problem: Problem, labels: Sequence[str]) -> Finding | None:
        if any(self._is_written(label, problem) for label in labels):
            return None
        key = self._add(problem, labels[0])
        others = f" (or {', '.join(labels[1:])})" if labels[1:] else ""
        return self._at(
            problem,
            "imports/undeclared",
            f'imports "{problem.module}", which is in {labels[0]}, and '
            f"{self.target.label} doesn't declare that.",
            f'add "{labels[0]}"{others} to its {key}: {self.command}',
        )

    def _unowned(self, problem: Problem) -> Finding | None:
        """Return the finding about a file that is in no target, if it is one."""
        if problem.module not in self.repository.unowned:
            return None
        return self._at(
            problem,
            "imports/undeclared",
            f'imports "{problem.module}", a file that no target has in its srcs.',
            f"make it a target, and a dep of {self.target.label}: "
            f"bazel run //tools/imports:fix -- //{self.target.package}/...",
        )

    def _from_outside(self, problem: Problem) -> Finding | None:
        names = [problem.module]
        if problem.imported.typing_only:
            names.append(stub_of(problem.module))
        for name in names:
            labels = distributions_of(self.distributions, name)
            if labels:
                return self._undeclared(problem, labels)
        return self._unowned(problem) or self._at(
            problem,
            "imports/unresolved",
            f'imports "{problem.module}", and no target, no locked distribution and '
            "no module of Python has that name.",
            "correct the name; or add the distribution that provides it to "
            "requirements.in: bazel run //:requirements.update",
        )

    def _at(self, problem: Problem, rule: str, text: str, fix: str) -> Finding:
        line, column = problem.imported.line, problem.imported.column
        return Finding(problem.path, line, column, rule, text, fix, self.target.label)

    def _call(self) -> Call | None:
        if not self.build_file:
            return None
        return self.build_file.call_of(split_label(self.target.label)[1])

    def _written(self, label: str, key: str) -> list[Text]:
        """Return where the BUILD file names a dep; nowhere if a macro adds it."""
        call = self._call()
        if not self.build_file or not call:
            return []
        names = self.repository.spellings(label)
        found = [self.build_file.find(call, key, name) for name in names]
        return [text for text in found if text is not None]

    def unused(self, deps: Iterable[tuple[str, str]]) -> list[Finding]:
        """Return the findings about deps that nothing uses, given by list and label."""
        findings = []
        for key, literal in (
            (list_, text) for list_, dep in deps for text in self._written(dep, list_)
        ):
            reason = self.build_file.keep_reason(literal) if self.build_file else None
            if reason or ("remove", key, str(literal)) in self.edits:
                continue
            self.edits.add(("remove", key, str(literal)))
            text = (
                f'{self.target.label} lists "{literal}" in {key}, and none of '
                "its sources imports it."
            )
            if reason == "":
                text += " Its `# bazel: keep` gives no reason."
            fix = (
                f"{self.command}; or say why it is needed, beside it: "
                "# bazel: keep: REASON"
            )
            rule, label = "imports/unused", self.target.label
            place = (self.build_path, literal.line, literal.column)
            findings.append(Finding(*place, rule, text, fix, label))
        return findings

    def forbidden(self, rule: str, label: str, why: str) -> Finding:
        """Return the finding that the target has what its scope may not have."""
        path = self.target.shortest_path(label)
        call = self._call()
        place = (call.node.lineno if call else 0, 0)
        for key in (DEPS, PYI_DEPS):
            for literal in self._written(path[1], key):
                place = (literal.line, literal.column)
        return Finding(
            self.build_path,
            *place,
            rule,
            f"{self.target.label} has {label}, and {why}: {' -> '.join(path)}.",
            f"take {path[1]} out of its deps, or have what lies between do without.",
            self.target.label,
        )


def _read(file: str) -> str:
    return Path(file).read_text(encoding="utf-8")
