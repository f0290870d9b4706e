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
    },
)

# Of an action whose program can stay and answer one request after another (worker.py).
WORKER_REQUIREMENTS = {
    "requires-worker-protocol": "json",
    "supports-workers": "1",
}

ActionInterpreterInfo = provider(
    doc = "An interpreter for actions.",
    fields = {
        "interpreter": "File: the program.",
        "library": "File: the directory of its standard library.",
    },
)

def run_py_action(ctx, program, arguments, inputs, outputs, is_worker = False, **kwargs):
    """Declares an action that runs a program.

    Args:
      ctx: the context of a rule or an aspect.
      program: the `py_action` target, or its `PyActionInfo`.
      arguments: an `Args`; it is written to a file where it is long.
      inputs: what the program reads: a depset or a list.
      outputs: the files it writes.
      is_worker: whether the program is imported once for all such actions of a build, and outside of the sandbox: for what
        runs once per target and, sandbox or not, reads nothing but what its arguments name.
      **kwargs: what else `ctx.actions.run` takes: `mnemonic`, `progress_message`, `execution_requirements`.
    """
    info = program[PyActionInfo] if type(program) == "Target" else program
    start = ctx.actions.args()
    start.add_all(["-I", "-S", info.archive, info.module])

    # A worker takes its arguments from a file.
    arguments.use_param_file("@%s", use_always = is_worker)
    arguments.set_param_file_format("multiline")
    inputs = depset(
        [info.archive, info.interpreter, info.library],
        transitive = [inputs if type(inputs) == "depset" else depset(inputs)],
    )
    if is_worker:
        kwargs["execution_requirements"] = WORKER_REQUIREMENTS | kwargs.get("execution_requirements", {})
    ctx.actions.run(
        executable = info.interpreter,
        arguments = [start, arguments],
        inputs = inputs,
        outputs = outputs,
        # A worker that is made of others is started anew.
        tools = [info.archive, info.library] if is_worker else [],
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
    arguments.add_all(depset([ctx.file._worker], transitive = [sources]), map_each = _module_path)
    ctx.actions.run(
        executable = python.interpreter,
        arguments = [arguments],
        inputs = depset([ctx.file._archive, ctx.file._start, ctx.file._worker, python.library], transitive = [sources]),
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
        "_worker": attr.label(
            doc = "What lets a program answer one request after another.",
            allow_single_file = True,
            default = Label("//tools/py_action:worker.py"),
        ),
    },
)
