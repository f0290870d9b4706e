"""Everything that the import check needs, as one dependency: every target has it."""

load("//tools/imports/index:defs.bzl", "BuildFilesInfo")
load("//tools/py_action:defs.bzl", "PyActionInfo")

CheckToolsInfo = provider(
    doc = "What the import check needs.",
    fields = {
        "build_files": "dict of string to File: the BUILD file of each package.",
        "check": "PyActionInfo: the program that checks a target.",
        "distribution_index": "PyActionInfo: the program that lists a distribution's modules.",
        "distributions": "File: which distribution provides which modules.",
        "repository": "File: every first-party target with its sources and visibility.",
    },
)

def _check_tools_impl(ctx):
    return [CheckToolsInfo(
        build_files = ctx.attr.repository[BuildFilesInfo].by_package,
        check = ctx.attr.check[PyActionInfo],
        distribution_index = ctx.attr.distribution_index[PyActionInfo],
        distributions = ctx.file.distributions,
        repository = ctx.attr.repository[BuildFilesInfo].index,
    )]

check_tools = rule(
    doc = "Gathers what the import check needs.",
    implementation = _check_tools_impl,
    attrs = {
        "check": attr.label(
            doc = "The program that checks a target.",
            cfg = "exec",
            mandatory = True,
            providers = [PyActionInfo],
        ),
        "distribution_index": attr.label(
            doc = "The program that lists a distribution's modules.",
            cfg = "exec",
            mandatory = True,
            providers = [PyActionInfo],
        ),
        "distributions": attr.label(
            doc = "The map from modules to distributions.",
            allow_single_file = True,
            mandatory = True,
        ),
        "repository": attr.label(
            doc = "The index of the whole repository.",
            mandatory = True,
            providers = [BuildFilesInfo],
        ),
    },
)
