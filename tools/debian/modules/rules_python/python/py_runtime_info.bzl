"""The provider of an interpreter in the build."""

load("//python/private:builtins.bzl", "BuiltinPyRuntimeInfo")

PyRuntimeInfo = BuiltinPyRuntimeInfo
