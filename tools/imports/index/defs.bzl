"""Indexes of what can be imported: of each target and distribution (modules.py), and of the repository (repository.py)."""

load("//tools/py_action:defs.bzl", "run_py_action")

ImportsInfo = provider(
    doc = "What a Python target lets others import.",
    fields = {
        "closure": "depset of File: the indexes of everything below the target, not its own.",
        "index": "File: the modules of the target itself.",
        "label": "string: the target as a BUILD file names it.",
        "packages": "depset of File: each `__init__.py` of the target, or of its deps where it has no sources.",
    },
)

def _short_path(file):
    return file.short_path

def _joined(folder, relative):
    """Returns a path below a folder, with `.` and `..` resolved."""
    parts = folder.split("/") if folder else []
    for part in relative.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ["", "."]:
            parts = parts + [part]
    return "/".join(parts)

def import_roots(package, imports):
    """Returns the folders that a target puts on the import path, besides the repository's root.

    Args:
      package: the target's package.
      imports: its `imports` attribute.
    """
    return [root for root in [_joined(package, folder) for folder in imports] if root]

def target_index(ctx, label, sources, deps):
    """Writes the index of a first-party target at analysis, without a process.

    Args:
      ctx: the aspect's context.
      label: the target, as a BUILD file names it.
      sources: `PyClosureInfo.sources` of the target, or None for one of another repository: nothing of it is ours.
      deps: the labels that it depends on.

    Returns:
      The index.
    """
    index = ctx.actions.declare_file(ctx.label.name + ".imports_index")
    roots = import_roots(ctx.label.package, sources.imports) if sources else []
    lines = ctx.actions.args()
    lines.set_param_file_format("multiline")
    lines.add(json.encode(struct(label = label, deps = deps, roots = roots)))
    lines.add_all(sources.srcs + sources.stubs if sources else [], map_each = _short_path)
    ctx.actions.write(index, lines)
    return index

def _path_in_root(root):
    """Returns what turns a file into its path from `site-packages`, for a distribution of single files."""

    def _path(file):
        # Upstream makes an __init__.py for each namespace package, which would hide that several share it.
        if not file.is_source and file.basename == "__init__.py":
            return None
        below = file.short_path.partition(root + "/")[2]
        return "--file=" + below if below else None

    return _path

def distribution_index(ctx, program, label, distribution, deps):
    """Declares the action that lists a distribution's modules.

    Args:
      ctx: the aspect's context.
      program: the program that lists them.
      label: the distribution, as a BUILD file names it.
      distribution: `PyClosureInfo.distribution` of the target.
      deps: the labels that it depends on.

    Returns:
      The index.
    """
    index = ctx.actions.declare_file(ctx.label.name + ".imports_index")
    root = distribution.import_root
    folders = [file for file in distribution.files if file.short_path == root]
    entry_points = [file for file in distribution.files if file.short_path.endswith(".dist-info/entry_points.txt")]
    arguments = ctx.actions.args()
    arguments.add(index, format = "--output=%s")
    arguments.add(label, format = "--label=%s")
    arguments.add_all(deps, format_each = "--dep=%s")
    arguments.add_all(folders, format_each = "--folder=%s", expand_directories = False)
    arguments.add_all(entry_points, format_each = "--entry-points=%s")
    if not folders:
        arguments.add_all(distribution.files, map_each = _path_in_root(root), allow_closure = True)
    run_py_action(
        ctx,
        program = program,
        arguments = arguments,
        inputs = folders + entry_points,
        outputs = [index],
        mnemonic = "DistributionIndex",
        progress_message = "Indexing the modules of " + label,
    )
    return index

BuildFilesInfo = provider(
    doc = "The repository's BUILD files.",
    fields = {
        "by_package": "dict of string to File: the BUILD file of each package.",
        "index": "File: every first-party target with its sources and visibility; see repository.py.",
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
    run_py_action(
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
        "_bazelignore": attr.label(
            doc = "The folders that Bazel ignores.",
            allow_single_file = True,
            default = "//:.bazelignore",
        ),
        "_program": attr.label(
            doc = "The program that collects.",
            cfg = "exec",
            default = Label("//tools/imports/index:repository_program"),
        ),
    },
)
