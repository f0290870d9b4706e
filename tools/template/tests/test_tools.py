"""Tools are the same in every repository: none needs a library or a service of this one."""

import os
import re
from pathlib import Path

from tools.workspace.settings import folders

INVENTORY = Path(os.environ["TREE_FILES"])
TOPS = "|".join((*folders("library"), *folders("service")))
# A dep, a load or a grant; an import needs a dep.
LABEL = re.compile(rf'"(?:@@?)?//(?:{TOPS})[/:]\w[^"]*"')


def test_no_label_below_tools_names_a_library_or_service() -> None:
    tree = INVENTORY.parent / "build_files"
    paths = sorted((tree / "tools").rglob("*.txt"))
    found = [
        f"{path.relative_to(tree)}: {label}"
        for path in paths
        if not path.name.endswith("_test.bzl.txt")
        for label in LABEL.findall(path.read_text(encoding="utf-8"))
    ]

    assert len(paths) > 100
    assert found == []
