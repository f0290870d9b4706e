"""Turns what resolve.py found into findings that say why, where, and what mends it."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from tools.build_files.reader import BuildFile, Call
from tools.build_files.starlark import Text
from tools.build_files.visibility import may_see
from tools.findings.finding import Finding
from tools.imports.repository import (
    Owner,
    Repository,
    describe_visibility,
    distributions_of,
    package_of,
    read_distributions,
)
from tools.imports.resolve import Problem, Target


class Explainer:
    """Knows the target, its BUILD file and the repository around it."""

    def __init__(self, target: Target, files: dict[str, list[str]]) -> None:
        self.target = target
        self.repository = Repository(_read(files["repository"][0]))
        self.distributions = read_distributions(_read(files["distributions"][0]))
        self.build_file: BuildFile | None = None
        self.build_path = f"{target.package}/BUILD.bazel".lstrip("/")
        for file in files.get("build-file", []):
            self.build_file = BuildFile(_read(file), self.build_path)
        self.edits: set[tuple[str, str]] = set()
        """What mends the findings: `add` or `remove`, and the label."""
        self.command = f"bazel run //tools/imports:fix -- {target.label}"

    def imports(self, problems: Iterable[Problem]) -> list[Finding]:
        """Return one finding per line and module."""
        findings: dict[tuple[str, int, str], Finding] = {}
        for problem in problems:
            found = self._explain(problem)
            key = (problem.path, problem.imported.line, problem.module)
            if found:
                findings.setdefault(key, found)
        return list(findings.values())

    def _explain(self, problem: Problem) -> Finding | None:
        if problem.providers and problem.providers[0].startswith("@"):
            return self._transitive(problem, problem.providers[0])
        # A module below the package that is named is what the line is after.
        below = f"{problem.imported.module}.{problem.imported.name}"
        if self.repository.owners_of(below):
            problem.module = below
        owners = self.repository.owners_of(problem.module)
        if owners:
            return self._first_party(problem, owners)
        if problem.providers:
            return self._transitive(problem, problem.providers[0])
        return self._from_outside(problem)

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
        if self._written(label):
            return None
        path = self.target.shortest_path(label)
        self.edits.add(("add", label))
        return self._at(
            problem,
            "imports/transitive",
            f'imports "{problem.module}" of {label}, which {self.target.label} has '
            f"only through another: {' -> '.join(path)}.",
            f'add "{label}" to its deps: {self.command}',
        )

    def _undeclared(self, problem: Problem, labels: Sequence[str]) -> Finding | None:
        if any(self._written(label) for label in labels):
            return None
        self.edits.add(("add", labels[0]))
        others = f" (or {', '.join(labels[1:])})" if labels[1:] else ""
        return self._at(
            problem,
            "imports/undeclared",
            f'imports "{problem.module}", which is in {labels[0]}, and '
            f"{self.target.label} doesn't declare that.",
            f'add "{labels[0]}"{others} to its deps: {self.command}',
        )

    def _from_outside(self, problem: Problem) -> Finding | None:
        labels = distributions_of(self.distributions, problem.module)
        if labels:
            return self._undeclared(problem, labels)
        if problem.module in self.repository.loose:
            return self._at(
                problem,
                "imports/undeclared",
                f'imports "{problem.module}", a file that no target has in its srcs.',
                f"make it a target, and a dep of {self.target.label}: "
                f"bazel run //tools/imports:fix -- //{self.target.package}/...",
            )
        return self._at(
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
        label = self.target.label
        name = label.rpartition(":")[2] if ":" in label else label.rpartition("/")[2]
        return self.build_file.call_of(name)

    def _written(self, label: str) -> list[tuple[BuildFile, Text]]:
        """Return where the BUILD file names a dep; nowhere if a macro adds it."""
        call = self._call()
        if not self.build_file or not call:
            return []
        names = self.repository.spellings(label)
        found = [self.build_file.find(call, "deps", name) for name in names]
        return [(self.build_file, text) for text in found if text is not None]

    def unused(self, labels: Iterable[str]) -> list[Finding]:
        """Return the findings about deps that nothing uses."""
        findings = []
        for build_file, literal in (
            w for label in labels for w in self._written(label)
        ):
            reason = build_file.keep_reason(literal)
            if reason:
                continue
            self.edits.add(("remove", str(literal)))
            text = (
                f'{self.target.label} lists "{literal}" in deps, and none of '
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
        for _, literal in self._written(path[1]):
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
