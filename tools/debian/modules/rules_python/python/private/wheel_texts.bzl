"""What is written into the repositories of distributions: BUILD files, and what starts entry points."""

BUILD = '''"""{name} {version}, installed from its wheel."""

load("@rules_python//python:py_binary.bzl", "py_binary")
load("@rules_python//python:py_library.bzl", "py_library")
load("@rules_python//python/private:foreign.bzl", "foreign_folder")

package(default_visibility = ["//visibility:public"])

py_library(
    name = "pkg",
    data = {modules} + [":data"],
    imports = ["site-packages"],
    tags = {tags},
    deps = {deps},
)

filegroup(
    name = "data",
    srcs = {data},
)

filegroup(
    name = "dist_info",
    srcs = {dist_info},
)

filegroup(
    name = "extracted_whl_files",
    srcs = ["site-packages"],
)
'''

BROKEN = '''"""{name} {version}, which the lock gets wrong."""

load("@rules_python//python/private:broken.bzl", "broken_files", "broken_library")

package(default_visibility = ["//visibility:public"])

broken_files(
    name = "files",
    distribution = "{name}",
    reason = {reason},
)

broken_library(
    name = "pkg",
    data = [":files"],
    tags = [
        "pypi_name={name}",
        "pypi_version={version}",
    ],
)

alias(
    name = "_pkg",
    actual = ":pkg",
)

filegroup(
    name = "data",
    srcs = [":files"],
)

filegroup(
    name = "dist_info",
    srcs = [":files"],
)

filegroup(
    name = "extracted_whl_files",
    srcs = [":files"],
)
'''

# What fellows of a group depend on: each may need each other one, which Bazel couldn't build.
PART = '''
py_library(
    name = "_pkg",
    data = {modules} + [":data"],
    imports = ["site-packages"],
    tags = {tags},
    deps = {deps},
)
'''

FOREIGN = '''
foreign_folder(
    name = "{machine}/{folder}",
    folder = "{folder}",
    target = "{repository}//:{folder}.folder",
)
'''

FOREIGN_BUILD = '''"""What {name} {version} has for {machine}."""

package(default_visibility = ["//visibility:public"])

filegroup(
    name = "site-packages.folder",
    srcs = ["site-packages"],
)

filegroup(
    name = "bin.folder",
    srcs = {bin},
)

filegroup(
    name = "data.folder",
    srcs = {data},
)
'''

FOREIGN_BROKEN = '''"""{name} {version}, which has nothing for {machine}."""

load("@rules_python//python/private:broken.bzl", "broken_files")

package(default_visibility = ["//visibility:public"])

broken_files(
    name = "site-packages.folder",
    distribution = "{name}",
    reason = {reason},
)

alias(
    name = "bin.folder",
    actual = ":site-packages.folder",
)

alias(
    name = "data.folder",
    actual = ":site-packages.folder",
)
'''

SCRIPT = '''
py_binary(
    name = "bin/{script}",
    srcs = ["scripts/{script}.py"],
    main = "scripts/{script}.py",
    deps = [":pkg"],
)
'''

SCRIPT_SOURCE = '''"""Starts {module}:{function}."""

import sys

from {module} import {root}

if __name__ == "__main__":
    sys.exit({function}())
'''
