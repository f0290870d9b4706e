"""Installs one locked distribution: hash-checked by pip, compiled once, with its edges to others."""

load(":root.bzl", "ROOT_PYTHON")

_BUILD = '''"""{name} {version}, installed from its wheel."""

load("@rules_python//python:py_binary.bzl", "py_binary")
load("@rules_python//python:py_library.bzl", "py_library")

package(default_visibility = ["//visibility:public"])

py_library(
    name = "pkg",
    data = [
        "site-packages",
        ":data",
    ],
    imports = ["site-packages"],
    tags = [
        "pypi_name={name}",
        "pypi_version={version}",
    ],
    deps = {deps},
)

filegroup(
    name = "data",
    srcs = glob(["bin/**"], allow_empty = True) + {data},
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

_BROKEN = '''"""{name} {version}, which the lock gets wrong."""

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
_PART = '''
py_library(
    name = "_pkg",
    data = [
        "site-packages",
        ":data",
    ],
    imports = ["site-packages"],
    tags = [
        "pypi_name={name}",
        "pypi_version={version}",
    ],
    deps = {deps},
)
'''

# The exit code of install_wheel.py where the lock is at fault, and not the machine.
_BAD_LOCK = 3

_SCRIPT = '''
py_binary(
    name = "bin/{script}",
    srcs = ["scripts/{script}.py"],
    main = "scripts/{script}.py",
    deps = [":pkg"],
)
'''

_SCRIPT_SOURCE = '''"""Starts {module}:{function}."""

import sys

from {module} import {root}

if __name__ == "__main__":
    sys.exit({function}())
'''

def _wheel_repository_impl(repository_ctx):
    attr = repository_ctx.attr
    request = {
        "distribution": attr.distribution,
        "extra_pip_args": attr.extra_pip_args,
        "extras": attr.extras,
        "hashes": attr.hashes,
        "lock": attr.lock,
        "version": attr.version,
    }
    repository_ctx.file("request.json", json.encode(request))
    installed = repository_ctx.execute(
        [ROOT_PYTHON, "-I", repository_ctx.path(attr._program), repository_ctx.path(".")],
        timeout = 900,
    )
    if installed.return_code == _BAD_LOCK:
        # Fetched again when the lock's entry changes.
        repository_ctx.file("BUILD.bazel", _BROKEN.format(
            name = attr.distribution,
            reason = json.encode(installed.stderr.strip()),
            version = attr.version,
        ))
        return
    if installed.return_code:
        fail("\n" + installed.stderr)
    report = json.decode(installed.stdout)
    deps = ["@{}//{}:pkg".format(attr.hub_name, dep) for dep in report["deps"] if dep not in attr.fellows]
    fellows = ["@{}//{}:_pkg".format(attr.hub_name, fellow) for fellow in attr.fellows]
    build = _BUILD.format(
        data = json.encode(report["data"]),
        deps = json.encode_indent(deps + fellows, indent = "    "),
        dist_info = json.encode([report["dist_info"]]),
        name = attr.distribution,
        version = attr.version,
    )
    if fellows:
        build += _PART.format(
            deps = json.encode_indent(deps, indent = "    "),
            name = attr.distribution,
            version = attr.version,
        )
    for script, entry in sorted(report["scripts"].items()):
        module, _, function = entry.partition(":")
        repository_ctx.file("scripts/{}.py".format(script), _SCRIPT_SOURCE.format(
            function = function,
            module = module,
            root = function.partition(".")[0],
        ))
        build += _SCRIPT.format(script = script)
    repository_ctx.file("BUILD.bazel", build)

wheel_repository = repository_rule(
    doc = "One distribution: `:pkg`, `:data`, `:dist_info`, `:extracted_whl_files` and `:bin/<script>`.",
    implementation = _wheel_repository_impl,
    attrs = {
        "distribution": attr.string(doc = "The name as the lock writes it.", mandatory = True),
        "extra_pip_args": attr.string_list(doc = "Arguments for `pip install`."),
        "extras": attr.string_list(doc = "The extras that the lock asks for."),
        "fellows": attr.string_list(doc = "The other distributions of its group, which need each other."),
        "hashes": attr.string_list(doc = "Allowed hashes, as `<algorithm>:<hex>`.", mandatory = True),
        "hub_name": attr.string(doc = "The hub through which dependencies are named.", mandatory = True),
        "lock": attr.string(doc = "The lock file's path, for messages.", mandatory = True),
        "version": attr.string(doc = "The pinned version.", mandatory = True),
        "_program": attr.label(
            doc = "The program that installs the wheel.",
            default = "//python/private:install_wheel.py",
        ),
    },
)
