"""Opens targets to those that use them, as far as that is nobody's decision.

Who may use what is committed is its owners' decision; what isn't committed yet is opened
to what uses it, unless the policy forbids that.
"""

from tools.build_files.reader import Call
from tools.build_files.visibility import default_visibility, may_see
from tools.fix.build_edits import Edits
from tools.fix.work_tree import WorkTree, is_test
from tools.imports.index.repository import Owner, describe_visibility
from tools.workspace.labels import absolute_label, is_below, package_of, project_of
from tools.workspace.settings import kind_of, together

GROUP = "users"
PRIVATE = "//visibility:private"


def has_scope(package: str) -> bool:
    """Return whether a package has to say by a group who may use it."""
    return kind_of(package) == "library" and project_of(package) == package


def group_of(tree: WorkTree, package: str) -> str:
    """Return the name of the first group of a package; nothing where it has none."""
    file = tree.index.build_files.get(package)
    calls = file.calls if file else []
    return next((c.name for c in calls if c.function == "package_group"), "")


def add_group(package: str, edits: Edits) -> None:
    """Have a package say who may use it: for now, itself."""
    edits.edit(f"//{package}:__pkg__", f"new package_group {GROUP}")
    edits.edit(f"//{package}:{GROUP}", f"add packages //{package}/...")


class Grants:
    """Who may use what, and who is let in."""

    def __init__(self, tree: WorkTree, edits: Edits) -> None:
        self.tree = tree
        self.edits = edits

    def forbidden(self, user: Call, label: str) -> str:
        """Return why the policy forbids a target to use another; nothing where not."""
        project, own = project_of(package_of(label)), project_of(user.package)
        is_another = own not in {project, *together()}
        if is_another and {kind_of(project), kind_of(own)} == {"service"}:
            return "no service may use another"
        if is_test(user):
            return ""
        for prefix, why in self.tree.denied(user.package):
            if is_below(label, prefix):
                return why
        return ""

    def let_in(self, owner: Owner, user: Call, said: str) -> bool:
        """Return whether a target may use another, now or by an edit made here.

        Args:
            owner: what is used.
            user: what uses it.
            said: where it does, for what is left to decide.
        """
        package = package_of(owner.label)
        # A test may have been let in that the code beside it may not follow.
        if why := self.forbidden(user, owner.label):
            self.edits.decisions.append(
                f"{said}, and {why}: import something else, or move what both need to a "
                "library."
            )
            return False
        if may_see(owner.visibility, package, user.package):
            return True
        group, spec = self._group(owner), _spec(user.package)
        where = (
            f"package_group {group}" if group else f"the visibility of {owner.label}"
        )
        opened = f"{spec}/..." if group else f"{spec}:__subpackages__"
        if owner.file in self.tree.committed or not self.tree.written(owner.label):
            self.edits.decisions.append(
                f"{said}, which is {describe_visibility(owner)}: have its owners add "
                f'"{opened}" to {where} in {owner.file}, or import something else.'
            )
            return False
        if group:
            self.edits.edit(group, f"add packages {opened}")
        else:
            self.open(owner.label, opened)
        owner.visibility.append(f"{spec}/...")
        return True

    def open(self, label: str, shown: str) -> None:
        """Add to the visibility of a target."""
        call = self.tree.written(label)
        file = self.tree.index.build_files[package_of(label)]
        kept: list[str] = []
        if call and "visibility" not in call.attributes:
            kept = [text for text in default_visibility(file) if text != PRIVATE]
        listed = " ".join([*kept, shown])
        self.edits.edit(label, f"add visibility {listed}")
        self.edits.edit(label, f"remove visibility {PRIVATE}")

    def _group(self, owner: Owner) -> str:
        """Return the group of the owner's package that its visibility names."""
        package = package_of(owner.label)
        call = self.tree.index.targets[owner.label]
        file = self.tree.index.build_files[package]
        for other in file.calls:
            if other.function == "package_group" and other.label in [
                absolute_label(text, package) for text in call.strings("visibility")
            ]:
                return f"//{package}:{other.name}"
        return ""


def _spec(package: str) -> str:
    return f"//{project_of(package)}"
