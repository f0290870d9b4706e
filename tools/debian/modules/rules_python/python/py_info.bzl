"""The provider of every Python target: its sources and import roots."""

load("//python/private:builtins.bzl", "BuiltinPyInfo")

PyInfo = BuiltinPyInfo
