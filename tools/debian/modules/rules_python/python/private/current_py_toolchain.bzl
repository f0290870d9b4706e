"""Gives a genrule or a rule the interpreter of the resolved toolchain."""

_TOOLCHAIN_TYPE = "@bazel_tools//tools/python:toolchain_type"

def _current_py_toolchain_impl(ctx):
    toolchain = ctx.toolchains[_TOOLCHAIN_TYPE]
    runtime = toolchain.py3_runtime

    # As upstream: the runtime is a field of the toolchain, and no provider of the target.
    return [
        toolchain,
        DefaultInfo(
            files = depset([runtime.interpreter], transitive = [runtime.files]),
            runfiles = ctx.runfiles(files = [runtime.interpreter], transitive_files = runtime.files),
        ),
        platform_common.TemplateVariableInfo({
            "PYTHON3": runtime.interpreter.path,
            "PYTHON3_ROOTPATH": runtime.interpreter.short_path,
        }),
    ]

current_py_toolchain = rule(
    doc = "The interpreter of the resolved toolchain, as files, ToolchainInfo and `$(PYTHON3)`.",
    implementation = _current_py_toolchain_impl,
    toolchains = [_TOOLCHAIN_TYPE],
)
