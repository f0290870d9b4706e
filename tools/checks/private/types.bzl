"""Pyrefly over one target: its interface comes out too, which is what the check of a dependent reads."""

load("@rules_python//python:py_info.bzl", "PyInfo")
load("//tools/closure:defs.bzl", "PyClosureInfo")
load("//tools/py_action:defs.bzl", "run_py_action")
load(":wheel_program.bzl", "wheel_program")

TypesInfo = provider(
    doc = "What the types of a target's dependents depend on: the target, and all below it.",
    fields = {
        "distributions": "depset of File: what a checker reads of the locked distributions.",
        "interfaces": "depset of File: the interfaces of the first-party targets, one file each.",
        "sites": "depset of string: the folders in which the distributions are looked up, as in `File.short_path`.",
    },
)

TYPES_ATTRS = {
    "_pyrefly": attr.label(
        doc = "The data files of Pyrefly, the program among them.",
        default = "@pip//pyrefly:data",
        allow_files = True,
        cfg = "exec",
    ),
    "_pyrefly_findings": attr.label(
        doc = "The program that calls Pyrefly.",
        default = "//tools/checks:pyrefly_program",
        cfg = "exec",
    ),
}

def types_of(target, below, interfaces = []):
    """Returns the `TypesInfo` of a target.

    Args:
      target: a Python target, or one that holds another's stubs and typing-only deps.
      below: the `TypesInfo` of its deps.
      interfaces: its own interface, where it has one.
    """
    own = target[PyClosureInfo].distribution if PyClosureInfo in target else None
    files = [
        file
        for file in (own.files if own else [])
        # A distribution may be one directory.
        if file.short_path == own.import_root or file.extension in ["py", "pyi", "typed"]
    ]
    return TypesInfo(
        distributions = depset(files, transitive = [info.distributions for info in below]),
        interfaces = depset(interfaces, transitive = [info.interfaces for info in below]),
        sites = depset([own.import_root] if own else [], transitive = [info.sites for info in below]),
    )

def _source(file):
    return "--source={}={}".format(file.short_path, file.path)

def _site(root):
    return "--site=" + (root.replace("../", "external/", 1) if root.startswith("../") else root)

def check_types(ctx, target, label, sources, below, is_reported):
    """Declares the check of one target's types.

    Args:
      ctx: the context of an aspect that has `TYPES_ATTRS` and `_settings`.
      target: the target.
      label: its label, as findings name it.
      sources: its own Python files.
      below: the `TypesInfo` of its deps.
      is_reported: whether it is checked; others read its interface in any case.

    Returns:
      The report, and the target's `TypesInfo`.
    """
    report = ctx.actions.declare_file("{}.pyrefly.jsonl".format(ctx.label.name))
    interface = ctx.actions.declare_file("{}.interface.json".format(ctx.label.name))
    program = wheel_program(ctx.files._pyrefly, "pyrefly")
    types = types_of(target, below, [interface])
    prefix = ctx.workspace_name + "/"
    arguments = ctx.actions.args()
    arguments.add(report, format = "--report=%s")
    arguments.add(interface, format = "--interface=%s")
    arguments.add(program, format = "--pyrefly=%s")
    arguments.add(ctx.file._settings, format = "--config=%s")
    arguments.add(label, format = "--target=%s")
    arguments.add_all(sources, map_each = _source)
    inputs = depset(sources)
    if is_reported:
        # Import roots besides the repository's own.
        roots = [path.removeprefix(prefix) for path in target[PyInfo].imports.to_list() if path.startswith(prefix)]
        interfaces = depset(transitive = [info.interfaces for info in below])
        arguments.add_all(roots, format_each = "--root=%s")
        arguments.add_all(interfaces, format_each = "--below=%s")
        arguments.add_all(types.sites, map_each = _site)
        inputs = depset(sources + [ctx.file._settings, program], transitive = [interfaces, types.distributions])
    else:
        arguments.add("--silent")
    run_py_action(
        ctx,
        program = ctx.attr._pyrefly_findings,
        arguments = arguments,
        inputs = inputs,
        outputs = [report, interface],
        is_worker = True,
        mnemonic = "PyreflyCheck",
        progress_message = "Checking the types of %{label}",
    )
    return report, types
