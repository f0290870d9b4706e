"""Tests of how actions start a program."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts", "unittest")
load("//tools/py_action:defs.bzl", "PyActionInfo", "python_runtime", "run_py_action")
load("//tools/testing:starlark.bzl", "own_actions", "refusals")

def _python_runtime_test_impl(ctx):
    env = unittest.begin(ctx)
    built = struct(interpreter = "python3.14", interpreter_path = None)
    own = struct(interpreter = None, interpreter_path = "/usr/bin/python3")
    asserts.equals(env, built, python_runtime("//a:b", struct(py3_runtime = built)))
    asserts.equals(env, [
        "//a:b needs an interpreter in the build, and the toolchain names the machine's own: /usr/bin/python3.\n" +
        "Fix: register python.toolchain(...) in MODULE.bazel.",
    ], refusals(python_runtime, "//a:b", struct(py3_runtime = own)))
    return unittest.end(env)

python_runtime_test = unittest.make(_python_runtime_test_impl)

def _py_action_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    asserts.equals(env, ["PyAction"], [action.mnemonic for action in own_actions(env)])
    program = target[PyActionInfo]
    asserts.equals(env, "packs.pyz", program.archive.basename)
    asserts.equals(env, [program.archive], target[DefaultInfo].files.to_list())
    asserts.equals(env, "tools.py_action.archive", program.module)
    asserts.true(env, program.interpreter.basename.startswith("python"), str(program.interpreter))
    return analysistest.end(env)

py_action_test = analysistest.make(
    _py_action_test_impl,
    doc = "Passes where a program is packed, and says what starts it.",
)

def _runs_impl(ctx):
    output = ctx.actions.declare_file(ctx.label.name + ".txt")
    arguments = ctx.actions.args()
    arguments.add("--flag")
    run_py_action(
        ctx,
        program = ctx.attr.program,
        arguments = arguments,
        inputs = [],
        outputs = [output],
        is_worker = ctx.attr.is_worker,
        mnemonic = "Runs",
    )
    return [DefaultInfo(files = depset([output]))]

runs = rule(
    doc = "Runs a program in an action.",
    implementation = _runs_impl,
    attrs = {
        "is_worker": attr.bool(doc = "Whether its process may stay."),
        "program": attr.label(
            doc = "The program.",
            cfg = "exec",
            mandatory = True,
            providers = [PyActionInfo],
        ),
    },
)

def _run_py_action_test_impl(ctx):
    env = analysistest.begin(ctx)
    (action,) = own_actions(env)
    asserts.equals(env, "Runs", action.mnemonic)
    words = [word.rpartition("/")[2] for word in action.argv[1:]]
    asserts.equals(env, ["-I", "-S", "packs.pyz", "tools.py_action.archive", "--flag"], words)
    inputs = [file.basename for file in action.inputs.to_list()]
    program = env.ctx.attr.program[PyActionInfo]
    asserts.true(env, "packs.pyz" in inputs, "the program is no input")
    asserts.true(env, program.interpreter in action.inputs.to_list(), "the interpreter is no input")
    asserts.true(env, program.library in action.inputs.to_list(), "its library is no input")
    return analysistest.end(env)

run_py_action_test = analysistest.make(
    _run_py_action_test_impl,
    doc = "Passes where an action starts a program as it should.",
    attrs = {
        "program": attr.label(
            doc = "The program that is run.",
            mandatory = True,
            providers = [PyActionInfo],
        ),
    },
)
