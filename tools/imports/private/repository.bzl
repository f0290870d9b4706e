"""The index of the whole repository, and each package's own BUILD file."""

load("//tools/action_program:defs.bzl", "run_program")

BuildFilesInfo = provider(
    doc = "The repository's BUILD files.",
    fields = {
        "by_package": "dict of string to File: the BUILD file of each package.",
        "index": "File: every first-party target with its sources and visibility; see repository_index.py.",
    },
)

_FOLDER = "/build_files/"
_NAME = "BUILD.bazel.txt"
_ENDINGS = (_NAME, ".bzl.txt")

def _path(file):
    return file.short_path.partition(_FOLDER)[2].removesuffix(".txt")

def _named(file):
    return "--starlark={}={}".format(_path(file), file.path) if file.basename.endswith(_ENDINGS) else None

def _repository_index_impl(ctx):
    by_package = {
        _path(file).rpartition("/")[0]: file
        for file in ctx.files.build_files
        if file.basename == _NAME
    }
    index = ctx.actions.declare_file(ctx.label.name + ".json")
    arguments = ctx.actions.args()
    arguments.add(index, format = "--output=%s")
    arguments.add(ctx.file.inventory, format = "--files=%s")
    arguments.add(ctx.file._bazelignore, format = "--bazelignore=%s")
    arguments.add_all(ctx.files.build_files, map_each = _named)
    run_program(
        ctx,
        program = ctx.attr._program,
        arguments = arguments,
        inputs = ctx.files.build_files + [ctx.file.inventory, ctx.file._bazelignore],
        outputs = [index],
        mnemonic = "RepositoryIndex",
        progress_message = "Indexing the repository's targets",
    )
    return [
        DefaultInfo(files = depset([index])),
        BuildFilesInfo(by_package = by_package, index = index),
    ]

repository_index = rule(
    doc = "Collects what each BUILD file of the repository declares.",
    implementation = _repository_index_impl,
    attrs = {
        "build_files": attr.label(
            doc = "Every BUILD file, at its path below `build_files/`.",
            mandatory = True,
        ),
        "inventory": attr.label(
            doc = "The paths of all files, one a line.",
            allow_single_file = True,
            mandatory = True,
        ),
        "_bazelignore": attr.label(default = "//:.bazelignore", allow_single_file = True),
        "_program": attr.label(
            cfg = "exec",
            default = Label("//tools/imports:repository_index_program"),
        ),
    },
)
