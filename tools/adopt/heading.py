"""Writes what the BUILD file of a project begins with, before its sources get targets."""

from pathlib import Path

from tools.adopt.plan import Plan
from tools.build_files.reader import BUILD
from tools.scaffold.command import write
from tools.source_text.quoting import docstring

PACKAGE = """{docstring}

{load}package(default_visibility = ["//visibility:private"])

# What its tests read, and the settings that they run by.
exports_files([{names}], visibility = ["//{folder}:__subpackages__"])
"""
LOAD = 'load("//tools/adopt:defs.bzl", "distribution_info")\n\n'
INFO = """
# What `importlib.metadata` says of it.
distribution_info(
    name = "distribution_info",
    srcs = [{names}],
    distribution = "{distribution}",
    root = "{root}",
    version = "{version}",
)
"""


def begin(root: Path, plan: Plan) -> list[str]:
    """Write a project's first BUILD file; return the files at its top that tests may read."""
    folder, layout = root / plan.folder, plan.layout
    texts = "".join((folder / p).read_text("utf-8", "replace") for p in layout.sources)
    others = [path for path in layout.moved if path not in layout.sources]
    beside = [path for path in others if "/" not in path and path in texts]
    if not (folder / plan.settings).exists():
        write(root, {f"{plan.folder}/{plan.settings}": plan.settings_text})
    if not (folder / BUILD).exists():
        tomls = [p for p in others if p.endswith(".toml") and "tests/" not in p]
        title = plan.manifest.summary.rstrip(".") or f"The project {plan.manifest.name}"
        text = PACKAGE.format(
            docstring=docstring(f"{title}."),
            load=LOAD if plan.described_by else "",
            names=_quoted({plan.settings, *tomls, *beside}),
            folder=plan.folder,
        )
        if plan.described_by:
            info = INFO.format(
                names=_quoted(plan.described_by),
                distribution=plan.manifest.name,
                root=layout.root,
                version=plan.version,
            )
            text += info.replace('    root = "",\n', "").replace(
                '    version = "",\n', ""
            )
        write(root, {f"{plan.folder}/{BUILD}": text})
    return [path for path in beside if path != plan.settings]


def _quoted(names: set[str]) -> str:
    return ", ".join(f'"{name}"' for name in sorted(names))
