"""Tells whether a package's `__init__.py` may have a name besides its submodules."""

import ast
from collections.abc import Iterator

from tools.imports.check.sources import SourceSyntaxError, parse

# By these a module can take any name when it runs.
DYNAMIC = {"__getattr__", "eval", "exec", "globals", "locals", "setattr", "vars"}


def may_bind(data: bytes, name: str) -> bool:
    """Return whether a module has a name, as far as can be told without running it."""
    try:
        names = set(_names(parse(data)))
    except SourceSyntaxError:
        return True
    return name in names or "*" in names or bool(DYNAMIC & names)


def _names(tree: ast.Module) -> Iterator[str]:
    """Yield every name of a source, those inside functions too."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name):
                yield name
            case ast.Import() | ast.ImportFrom():
                for alias in node.names:
                    yield alias.asname or alias.name.partition(".")[0]
            case ast.Attribute(attr="modules" | "__dict__"):
                # `sys.modules[__name__]` may be something else afterwards.
                yield "*"
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                yield name
