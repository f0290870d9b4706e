"""The two programs that `bazel coverage` calls."""

def _link(ctx):
    """Returns an executable of the target's own name, as Bazel wants of a rule."""
    executable = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(output = executable, target_file = ctx.executable.program, is_executable = True)
    return executable

def _coverage_output_generator_impl(ctx):
    executable = _link(ctx)
    return [DefaultInfo(executable = executable, files = depset([executable]))]

coverage_output_generator = rule(
    doc = "A program for --coverage_output_generator, which runs after each test, in the test's sandbox.",
    implementation = _coverage_output_generator_impl,
    executable = True,
    attrs = {
        "program": attr.label(
            doc = "One self-contained file: Bazel brings no runfiles to the sandbox.",
            allow_single_file = True,
            cfg = "exec",
            executable = True,
            mandatory = True,
        ),
    },
)

def _coverage_report_generator_impl(ctx):
    executable = _link(ctx)

    # Sources are read, but can't be declared as inputs of the report. The status file changes with every `coverage`
    # (see tools/status), so the report is always written anew, and is never a stale one from a cache.
    runfiles = ctx.runfiles([ctx.info_file]).merge(ctx.attr.program[DefaultInfo].default_runfiles)
    return [DefaultInfo(
        executable = executable,
        files = depset([executable]),
        runfiles = runfiles,
    )]

coverage_report_generator = rule(
    doc = "A program for --coverage_report_generator, which combines the reports of all tests.",
    implementation = _coverage_report_generator_impl,
    executable = True,
    attrs = {
        "program": attr.label(
            doc = "The program; it is called in the execution root.",
            cfg = "exec",
            executable = True,
            mandatory = True,
        ),
    },
)
