"""A program with a file beside the repository."""

print("started")
