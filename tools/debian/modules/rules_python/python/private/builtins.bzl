"""Bazel's own Python providers under names that a public file can give back."""

BuiltinPyInfo = PyInfo
BuiltinPyRuntimeInfo = PyRuntimeInfo
