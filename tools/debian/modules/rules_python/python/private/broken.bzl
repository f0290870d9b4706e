"""Stands for a distribution that the lock gets wrong: what uses it fails with the reason, and nothing else does.

A repository that fails would fail everything that so much as names it, and with it the program that mends the lock.
"""

load("@rules_python//python:py_info.bzl", "PyInfo")

def _broken_files_impl(ctx):
    folder = ctx.actions.declare_directory("site-packages")
    ctx.actions.run_shell(
        arguments = [ctx.attr.reason],
        command = 'printf "%s\\n" "$1" >&2; exit 1',
        # The sandbox would add its own lines below the reason.
        execution_requirements = {"no-sandbox": "1"},
        mnemonic = "BrokenDistribution",
        outputs = [folder],
        progress_message = "Installing {}".format(ctx.attr.distribution),
    )
    return [DefaultInfo(files = depset([folder]))]

broken_files = rule(
    doc = "A folder that an action fails to make.",
    implementation = _broken_files_impl,
    attrs = {
        "distribution": attr.string(doc = "The distribution's name.", mandatory = True),
        "reason": attr.string(doc = "What is wrong, and what mends it.", mandatory = True),
    },
)

def _broken_library_impl(ctx):
    return [
        DefaultInfo(
            files = depset(ctx.files.data),
            runfiles = ctx.runfiles(ctx.files.data),
        ),
        PyInfo(
            imports = depset(["{}/site-packages".format(ctx.label.repo_name)]),
            transitive_sources = depset(),
        ),
    ]

broken_library = rule(
    doc = "The library of a distribution that can't be installed.",
    implementation = _broken_library_impl,
    attrs = {
        "data": attr.label_list(doc = "The folder that can't be made.", mandatory = True),
    },
)
