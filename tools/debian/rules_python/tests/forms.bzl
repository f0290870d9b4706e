"""Writes down in which form a rule set gives what this repository takes of it."""

load("@rules_python//python:py_info.bzl", "PyInfo")
load("@rules_python//python:py_runtime_info.bzl", "PyRuntimeInfo")

_PROVIDERS = {
    "PyInfo": PyInfo,
    "PyRuntimeInfo": PyRuntimeInfo,
    "TemplateVariableInfo": platform_common.TemplateVariableInfo,
    "ToolchainInfo": platform_common.ToolchainInfo,
}

def _providers(target):
    return [name for name, provider in _PROVIDERS.items() if provider in target]

def _file_names(target):
    return [file.short_path for file in target[DefaultInfo].files.to_list()]

def _forms_impl(ctx):
    interpreter = ctx.attr.interpreter
    runtime = interpreter[platform_common.ToolchainInfo].py3_runtime
    forms = {
        "distribution": {
            "dist_info": _file_names(ctx.attr.dist_info),
            "files": _file_names(ctx.attr.files),
            "providers": _providers(ctx.attr.distribution),
        },
        "interpreter": {
            "files": len(_file_names(interpreter)),
            "providers": _providers(interpreter),
            "python": runtime.interpreter.path,
            "variable": interpreter[platform_common.TemplateVariableInfo].variables["PYTHON3"],
        },
    }
    output = ctx.actions.declare_file(ctx.label.name + ".json")
    ctx.actions.write(output, json.encode_indent(forms))
    return [DefaultInfo(files = depset([output]), runfiles = ctx.runfiles([output]))]

forms = rule(
    doc = "Describes an interpreter and a distribution as JSON.",
    implementation = _forms_impl,
    attrs = {
        "dist_info": attr.label(doc = "The distribution's metadata.", mandatory = True),
        "distribution": attr.label(doc = "A distribution.", mandatory = True),
        "files": attr.label(doc = "All files of the distribution.", mandatory = True),
        "interpreter": attr.label(doc = "The toolchain as a target.", mandatory = True),
    },
)
