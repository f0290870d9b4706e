"""Says by which exceptions Python refuses a source."""

UNPARSABLE = (MemoryError, RecursionError, SyntaxError, ValueError)
"""What `ast.parse` raises, and `ast.unparse`, for what Python can't read or write out."""
