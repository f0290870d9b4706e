"""Runs a Python program in an action: one compiled archive, the build's interpreter in a few files, no site.

A program is a module with `main(argv) -> int` in a `py_library` of the standard library alone, and its target

    py_action(name = "tags_program", module = "tools.image.attest.tags", deps = [":tags"])

A rule or an aspect takes that by an attribute with `cfg = "exec"`, and declares each action by `run_py_action`. An action's
input is the archive of its own program: what else lies in the folder runs nothing again. So programs of one folder have a
library each, which lists what it imports and no more.
"""

load("@rules_python//python:py_info.bzl", "PyInfo")

PyActionInfo = provider(
    doc = "A program that an action can run.",
    fields = {
        "archive": "File: the compiled sources, runnable by the interpreter.",
        "interpreter": "File: the interpreter that actions use.",
        "library": "File: the directory of its standard library.",
        "module": "string: the module whose `main(argv) -> int` starts.",
        "unless_empty": "File: what starts it only where there is something to do.",
    },
)

ActionInterpreterInfo = provider(
    doc = "An interpreter for actions.",
    fields = {
        "interpreter": "File: the program.",
        "library": "File: the directory of its standard library.",
    },
)

def run_py_action(ctx, program, arguments, inputs, outputs, unless_empty = [], **kwargs):
    """Declares an action that runs a program.

    Args:
      ctx: the context of a rule or an aspect.
      program: the `py_action` target, or its `PyActionInfo`.
      arguments: an `Args`; it is written to a file where it is long.
      inputs: what the program reads: a depset or a list.
      outputs: the files it writes.
      unless_empty: Files among the inputs that are empty most of the time; where all are, the program isn't started,
        which costs ten times as much as to look, and its one output is left empty.
      **kwargs: what else `ctx.actions.run` takes: `mnemonic`, `progress_message`, `execution_requirements`.
    """
    info = program[PyActionInfo] if type(program) == "Target" else program
    start = ctx.actions.args()
    start.add_all(["-I", "-S", info.archive, info.module])
    arguments.use_param_file("@%s")
    arguments.set_param_file_format("multiline")
    inputs = depset(
        [info.archive, info.interpreter, info.library],
        transitive = [inputs if type(inputs) == "depset" else depset(inputs)],
    )
    if unless_empty:
        (output,) = outputs
        look = ctx.actions.args()
        look.add(output)
        look.add_all(unless_empty)
        look.add_all(["--", info.interpreter])
        ctx.actions.run(
            executable = info.unless_empty,
            arguments = [look, start, arguments],
            inputs = inputs,
            outputs = outputs,
            toolchain = None,
            **kwargs
        )
        return
    ctx.actions.run(
        executable = info.interpreter,
        arguments = [start, arguments],
        inputs = inputs,
        outputs = outputs,
        toolchain = None,
        **kwargs
    )

def python_runtime(label, toolchain, _fail = fail):
    """Returns a toolchain's `PyRuntimeInfo`; fails where its interpreter is not in the build.

    Args:
      label: the target that needs it.
      toolchain: the `ToolchainInfo` of `@rules_python//python:current_py_toolchain`.
      _fail: `fail`, but in tests.

    Returns:
      The `PyRuntimeInfo`.
    """
    runtime = toolchain.py3_runtime
    if not runtime.interpreter:
        _fail("{} needs an interpreter in the build, and the toolchain names the machine's own: {}.\nFix: register python.toolchain(...) in MODULE.bazel.".format(
            label,
            runtime.interpreter_path,
        ))
    return runtime

def _action_interpreter_impl(ctx):
    runtime = python_runtime(ctx.label, ctx.attr._toolchain[platform_common.ToolchainInfo])
    interpreter = ctx.actions.declare_file(ctx.label.name + "/bin/python")
    library = ctx.actions.declare_directory(ctx.label.name + "/lib")
    arguments = ctx.actions.args()
    arguments.add_all(["-E", "-S", "-s", "-m", "tools.py_action.interpreter", runtime.interpreter, interpreter])
    arguments.add_all([library], expand_directories = False)
    ctx.actions.run(
        executable = runtime.interpreter,
        arguments = [arguments],
        inputs = depset(ctx.files._program, transitive = [runtime.files]),
        outputs = [interpreter, library],
        mnemonic = "PyActionInterpreter",
        progress_message = "Packing the interpreter of actions",
        toolchain = None,
    )
    return [
        DefaultInfo(files = depset([interpreter, library])),
        ActionInterpreterInfo(interpreter = interpreter, library = library),
    ]

action_interpreter = rule(
    doc = "Copies the toolchain's interpreter into a few files: as inputs of every action, all of them would cost more than what " +
          "the actions do.",
    implementation = _action_interpreter_impl,
    attrs = {
        "_program": attr.label(
            doc = "The program that copies it.",
            default = Label("//tools/py_action"),
        ),
        "_toolchain": attr.label(
            doc = "The interpreter that the build uses.",
            default = Label("@rules_python//python:current_py_toolchain"),
            providers = [platform_common.ToolchainInfo],
        ),
    },
)

def _module_path(file):
    return "{}={}".format(file.short_path, file.path)

def _start_path(file):
    return "__main__.py={}".format(file.path)

def _py_action_impl(ctx):
    python = ctx.attr._program_interpreter[ActionInterpreterInfo]
    sources = depset(transitive = [dep[PyInfo].transitive_sources for dep in ctx.attr.deps])
    archive = ctx.actions.declare_file(ctx.label.name + ".pyz")
    arguments = ctx.actions.args()
    arguments.add_all(["-I", "-S", ctx.file._archive, archive])
    arguments.add_all([ctx.file._start], map_each = _start_path)
    arguments.add_all(sources, map_each = _module_path)
    ctx.actions.run(
        executable = python.interpreter,
        arguments = [arguments],
        inputs = depset([ctx.file._archive, ctx.file._start, python.library], transitive = [sources]),
        outputs = [archive],
        mnemonic = "PyAction",
        progress_message = "Packing %{label}",
        toolchain = None,
    )
    return [
        DefaultInfo(files = depset([archive])),
        PyActionInfo(
            archive = archive,
            interpreter = python.interpreter,
            library = python.library,
            module = ctx.attr.module,
            unless_empty = ctx.file._unless_empty,
        ),
    ]

py_action = rule(
    doc = "Packs first-party libraries into an archive that `run_py_action` starts; standard library only.",
    implementation = _py_action_impl,
    attrs = {
        "deps": attr.label_list(
            doc = "The libraries that hold the program.",
            mandatory = True,
            providers = [PyInfo],
        ),
        "module": attr.string(
            doc = "The module whose `main(argv) -> int` starts, as it is imported.",
            mandatory = True,
        ),
        "_archive": attr.label(
            doc = "What packs it.",
            allow_single_file = True,
            default = Label("//tools/py_action:archive.py"),
        ),
        "_program_interpreter": attr.label(
            doc = "The interpreter that runs it.",
            cfg = "exec",
            default = Label("//tools/py_action:interpreter"),
            providers = [ActionInterpreterInfo],
        ),
        "_start": attr.label(
            doc = "The start of every archive.",
            allow_single_file = True,
            default = Label("//tools/py_action:start.py"),
        ),
        "_unless_empty": attr.label(
            doc = "What starts a program only where there is something to do.",
            allow_single_file = True,
            default = Label("//tools/py_action:unless_empty.sh"),
        ),
    },
)
