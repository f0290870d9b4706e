"""Runs the Python programs of this folder, in actions and under `bazel run`."""

# The root's own interpreter, started with nothing of the user's or the site's: a Debian-line
# root is a fixed record of packages, and an image's bytes don't depend on which Python 3.14
# writes them. It starts in 8 ms and brings no interpreter into each action's inputs.
_PYTHON = "/usr/bin/python3"
_FLAGS = "-EsSB"

# An executable of its own and no link to the program, which a remote worker or cache would turn into a copy that lies
# apart from its modules. Folders that aren't there do no harm on the path; which one counts, `Launch` says.
_STARTER = """\
#!{python} {flags}
import os
import sys

own = os.path.abspath(sys.argv[0])
given = os.environ.get("RUNFILES_DIR", own + ".runfiles")
holders = [given, own + ".runfiles", own.rpartition(".runfiles/")[0] + ".runfiles"]
sys.path[:1] = [os.path.join(holder, "{folder}") for holder in holders]
try:
    from {module} import main
except ModuleNotFoundError:
    sys.exit(own + " has no runfiles.\\nFix: start it by bazel run, or build it without --nobuild_runfile_links.")
sys.exit(main())
"""

PROGRAM_ATTRS = {
    "_programs": attr.label(
        default = "//oci/private:programs",
        doc = "The programs and the modules that they share.",
    ),
}

def run_program(ctx, program, arguments, **kwargs):
    """Registers an action that runs one of the programs.

    Args:
      ctx: the rule's context; the rule has PROGRAM_ATTRS.
      program: the program's file name.
      arguments: an Args object.
      **kwargs: the other arguments of `ctx.actions.run`.
    """
    sources = ctx.attr._programs[DefaultInfo].files
    path = [file.path for file in sources.to_list() if file.basename == program][0]
    ctx.actions.run(
        executable = _PYTHON,
        arguments = [_FLAGS, path, arguments],
        tools = [sources],
        toolchain = None,
        **kwargs
    )

def runfile_path(ctx, file):
    """Returns where a file is among the runfiles.

    Args:
      ctx: the rule's context.
      file: the file, or None.

    Returns:
      The path below the runfiles' root; empty without a file.
    """
    if not file:
        return ""
    if file.short_path.startswith("../"):
        return file.short_path.removeprefix("../")
    return ctx.workspace_name + "/" + file.short_path

def launcher(ctx, program, values, runfiles):
    """Returns the DefaultInfo of a target that `bazel run` starts.

    Args:
      ctx: the rule's context; the rule has PROGRAM_ATTRS.
      program: the file of the program that runs.
      values: a dict of strings for the program, written beside the executable.
      runfiles: a list of runfiles objects of the target's own.

    Returns:
      A DefaultInfo.
    """
    executable = ctx.actions.declare_file(ctx.label.name + ".py")
    spec = ctx.actions.declare_file(ctx.label.name + ".py.json")
    ctx.actions.write(executable, is_executable = True, content = _STARTER.format(
        flags = _FLAGS,
        folder = runfile_path(ctx, program).rpartition("/")[0],
        module = program.basename.removesuffix(".py"),
        python = _PYTHON,
    ))
    ctx.actions.write(spec, json.encode_indent(values) + "\n")
    own = ctx.runfiles([spec], transitive_files = ctx.attr._programs[DefaultInfo].files)
    return DefaultInfo(executable = executable, runfiles = own.merge_all(runfiles))
