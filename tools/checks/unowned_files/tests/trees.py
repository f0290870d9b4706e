"""Small trees, and what is found in them."""

from tools.checks.unowned_files.examine import examine
from tools.checks.unowned_files.tree import Tree
from tools.findings.finding import Finding

BAZELRC = """build --aspects=//tools/checks:defs.bzl%checks
build --aspects=//tools/imports:defs.bzl%imports
build:nochecks --norun_validations
run --norun_validations
"""
PYPROJECT = """[tool.black]
line-length = 88
[tool.ruff.lint.isort]
known-first-party = ["libs"]
[tool.pyrefly]
preset = "strict"
[tool.pytest]
python_files = ["test_*.py", "*_test.py", "tests.py"]
"""
TEST = b"def test_a() -> None: pass"
ROOT = {"BUILD.bazel": 'exports_files(["pyproject.toml"])\n'}
LIBRARY = 'py_library(\n    name = "a",\n    srcs = ["a.py"],\n)\n'


def found(
    *files: str,
    bazelrc: str = BAZELRC,
    imported: dict[str, str] | None = None,
    pyproject: str = PYPROJECT,
    sources: dict[str, bytes] | None = None,
    **starlark: str,
) -> list[Finding]:
    """Return what is found in a tree of these files; `libs_a` stands for libs/a/BUILD.bazel."""
    texts = dict(ROOT)
    for name, text in starlark.items():
        texts[f"{name.replace('_', '/')}/BUILD.bazel"] = text
    sources = sources or {}
    tree = Tree(
        files=["pyproject.toml", *texts, *files, *sources],
        starlark=texts,
        hidden=["hidden"],
        bazelrc={".bazelrc": bazelrc} | (imported or {}),
        pyproject=pyproject,
        sources=sources,
        distributions={"numpy": "@pip//numpy"},
    )
    return examine(tree)


def rules(findings: list[Finding]) -> list[str]:
    """Return the rules alone."""
    return [finding.rule for finding in findings]
