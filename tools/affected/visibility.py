"""Finds what may use a target now and might not before, or the other way round."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tools.affected.changes import History
from tools.affected.groups import GroupChange, read_exports, read_groups
from tools.affected.targets import Targets
from tools.workspace.labels import package_of


@dataclass(frozen=True)
class Visibility:
    """The repository now, and the BUILD files that changed, each with the path of its reason."""

    history: History
    targets: Targets
    files: Mapping[str, str]

    def touched(self) -> Iterator[tuple[str, str]]:
        """Yield the label of each user, with the path of the change that it is touched by."""
        yield from self._by_exports()
        yield from self._by_groups()

    def _by_exports(self) -> Iterator[tuple[str, str]]:
        for file, reason in self.files.items():
            package = file.rpartition("/")[0]
            before = read_exports(self.history.text_then(file) or "", package)
            after = read_exports(self.history.text_now(file) or "", package)
            differ = {
                label
                for label in before.keys() | after.keys()
                if before.get(label) != after.get(label)
            }
            for user, label in self.targets.uses_elsewhere():
                if label in differ:
                    yield user, reason

    def _by_groups(self) -> Iterator[tuple[str, str]]:
        reasons = {file.rpartition("/")[0]: why for file, why in self.files.items()}
        now = self.targets.groups
        then = {it: now[it] for it in now if package_of(it) not in reasons}
        for file in self.files:
            text = self.history.text_then(file) or ""
            then |= read_groups(text, file.rpartition("/")[0])
        change = GroupChange(then, now)
        affected = change.affected()
        for user, label in self.targets.uses_elsewhere():
            groups = change.groups_of(self.targets.allowed(label))
            found = [affected[it] for it in groups if it in affected]
            if found and change.matters_to(package_of(user), groups):
                yield user, reasons[package_of(found[0])]
