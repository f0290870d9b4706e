"""Makes the interpreter in the build: a compiled, relocated copy of the private root's CPython.

Another repository holds that of the other architecture, for images: only its toolchain leads there, so that nothing is
fetched before a target for that architecture is built.
"""

load(":root.bzl", "PACKAGE_RECORD", "ROOT_PYTHON", "foreign_root", "host_machine", "make_stored")

_BUILD = '''"""The interpreter in the build."""

load("@bazel_tools//tools/python:toolchain.bzl", "py_runtime_pair")
load("@rules_python//python:py_runtime.bzl", "py_runtime")

package(default_visibility = ["//visibility:public"])

py_runtime(
    name = "runtime",
    bootstrap_template = "@rules_python//python/private:launcher.sh",
    files = ["lib"],
    interpreter = "bin/python{version}",
    python_version = "PY3",
    stub_shebang = "#!/bin/sh",
)

py_runtime_pair(
    name = "pair",
    py3_runtime = ":runtime",
)

'''

_TOOLCHAIN = '''
toolchain(
    name = "toolchain_{machine}",
    target_compatible_with = [
        "@platforms//cpu:{machine}",
        "@platforms//os:linux",
    ],
    toolchain = "@{repository}//:pair",
    toolchain_type = "@rules_python//python:toolchain_type",
)
'''

# Nothing is compiled for the other architecture; Bazel's own rules of programs want a compiler all the same.
_NO_COMPILER = '''
toolchain(
    name = "no_compiler_{machine}",
    target_compatible_with = ["@platforms//cpu:{machine}"],
    toolchain = "@local_config_cc//:cc-compiler-armeabi-v7a",
    toolchain_type = "@bazel_tools//tools/cpp:toolchain_type",
)
'''

def _interpreter_repository_impl(repository_ctx):
    version = repository_ctx.execute(
        [ROOT_PYTHON, "-I", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
    ).stdout.strip()
    wanted = repository_ctx.attr.python_version
    if wanted and version != wanted:
        fail("MODULE.bazel asks for Python {}, and the private root carries {}. Fix: ask for {}.".format(wanted, version, version))

    machine = repository_ctx.attr.machine
    root = "/" if machine == host_machine(repository_ctx) else foreign_root(repository_ctx, machine)
    record = repository_ctx.path(PACKAGE_RECORD)
    attr = repository_ctx.attr
    request = {
        "hooks": {hook.name: repository_ctx.read(hook) for hook in attr._hooks},
        "packages": repository_ctx.read(record) if record.exists else "",
        "root": root,
        "version": version,
    }
    made = make_stored(repository_ctx, "interpreters", request, attr._stored, attr._program)
    if made.return_code:
        fail("Copying the interpreter failed: " + made.stderr)
    build = _BUILD.format(version = version)
    for other, repository in repository_ctx.attr.toolchains.items():
        build += _TOOLCHAIN.format(machine = other, repository = repository)
        build += _NO_COMPILER.format(machine = other) if other != machine else ""
    repository_ctx.file("BUILD.bazel", build)

interpreter_repository = repository_rule(
    doc = "A relocatable CPython: `bin/python<version>` and the tracked source directory `lib`.",
    implementation = _interpreter_repository_impl,
    attrs = {
        "machine": attr.string(doc = "Whose interpreter it is, as `x86_64`.", mandatory = True),
        "python_version": attr.string(doc = "The version wanted, as `major.minor`; empty takes the root's."),
        "toolchains": attr.string_dict(doc = "The repository with the interpreter of each machine that has a toolchain here."),
        "_hooks": attr.label_list(
            doc = "What makes one site-packages of a program's distributions.",
            default = [
                "//python/private:one_site_packages.pth",
                "//python/private:one_site_packages.py",
            ],
        ),
        "_program": attr.label(
            doc = "The program that copies the interpreter.",
            default = "//python/private:make_interpreter.py",
        ),
        "_stored": attr.label(
            doc = "The program that has it copied once for all clones of a user.",
            default = "//python/private:stored.sh",
        ),
    },
)
