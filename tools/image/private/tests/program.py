"""A program that no image starts as Bazel does."""

print("started")
