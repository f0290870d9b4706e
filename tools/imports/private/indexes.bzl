"""Writes the index of each target and distribution; modules.py describes it."""

load("//tools/action_program:defs.bzl", "run_program")
load(":check_tools.bzl", "CheckToolsInfo")

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
      sources: `PyClosureInfo.sources` of the target.
      deps: the labels that it depends on.

    Returns:
      The index.
    """
    index = ctx.actions.declare_file(ctx.label.name + ".imports_index")
    lines = ctx.actions.args()
    lines.set_param_file_format("multiline")
    lines.add(label, format = "# label %s")
    lines.add_all(deps, format_each = "# dep %s")
    lines.add_all(import_roots(ctx.label.package, sources.imports), format_each = "# root %s")
    lines.add_all(sources.srcs + sources.stubs, map_each = _short_path)
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

def distribution_index(ctx, label, distribution, deps):
    """Declares the action that lists a distribution's modules.

    Args:
      ctx: the aspect's context.
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
    run_program(
        ctx,
        program = ctx.attr._tools[CheckToolsInfo].distribution_index,
        arguments = arguments,
        inputs = folders + entry_points,
        outputs = [index],
        mnemonic = "DistributionIndex",
        progress_message = "Indexing the modules of " + label,
    )
    return index
