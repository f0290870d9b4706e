"""Cuts a module down to what the check of a dependent's types reads: an edit in a body changes no byte of it."""

import ast

from tools.source_text.parsing import UNPARSABLE

# Nothing is known of a module that doesn't parse: that is reported where it is, and once.
UNKNOWN = "from typing import Any\n\ndef __getattr__(name: str) -> Any: ...\n"


class _Bodies(ast.NodeTransformer):
    """Empties functions, those in classes too; what is inside a function it doesn't enter."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        if node.returns and not _is_read(node.body):
            node.body = [ast.Assert(ast.Constant(value=True))]
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        # With a `yield` it is an asynchronous generator, which no annotation says.
        has_yield = any(isinstance(child, ast.Yield) for child in ast.walk(node))
        if node.returns and not has_yield and not _is_read(node.body):
            node.body = [ast.Assert(ast.Constant(value=True))]
        return node


def _is_read(body: list[ast.stmt]) -> bool:
    """Return whether a checker reads an annotated function's body from another module."""
    # A method of a protocol is abstract if it has no more of a body than this.
    trivial = (ast.Constant, ast.Pass, ast.Raise)
    if all(isinstance(getattr(child, "value", child), trivial) for child in body):
        return True
    # Attributes and globals have their types from where they are assigned.
    return any(
        isinstance(child, ast.Global)
        or (isinstance(child, ast.Attribute) and isinstance(child.ctx, ast.Store))
        for statement in body
        for child in ast.walk(statement)
    )


def interface_of(source: str) -> str:
    """Return a module without comments and without the bodies of annotated functions."""
    try:
        module = ast.parse(source)
    except UNPARSABLE:
        return UNKNOWN
    try:
        return ast.unparse(_Bodies().visit(module)) + "\n"
    except RecursionError, ValueError:
        # A sum of a thousand terms is as deep, and 0xf… as long as no decimal number may
        # be; Python reads them all the same.
        return source
