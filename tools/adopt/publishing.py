"""Writes the target of a project's wheel."""

import json
import re

from tools.adopt.plan import Plan
from tools.adopt.wheel import one_spelling, shown

README = re.compile(r"readme(\.(md|rst|txt))?", re.IGNORECASE)
WHEEL = """
# What is published of it: bazel build //{folder}:wheel
distribution_wheel(
    name = "wheel",
    info = ":distribution_info",
{attributes}    deps = [":MAIN"],
)
"""
MAIN = ":MAIN"
"""Stands for the project's library, which has no name yet."""


def wheel_of(plan: Plan) -> str:
    """Return the target of a project's wheel; nothing where it says no name or version, or has no modules."""
    said, layout = plan.described, plan.layout
    version = one_spelling(plan.version or said.version)
    packages, modules = layout.published
    if not (plan.described_by and version and (packages or modules)):
        return ""
    readmes = [path for path in layout.moved if README.fullmatch(path)]
    values = {
        "distribution": said.name,
        "version": version,
        "packages": packages,
        "modules": modules,
        "root": layout.root,
        "extras": sorted(said.extras),
        "python_requires": said.requires_python,
        "summary": said.summary,
        "description_file": "".join(readmes[:1]),
        **shown(said),
    }
    lines = [
        f"    {name} = {json.dumps(value, ensure_ascii=False)},\n"
        for name, value in values.items()
        if value
    ]
    return WHEEL.format(folder=plan.folder, attributes="".join(lines))
