"""Makes an executable target of a program that was fetched."""

def _program_impl(ctx):
    executable = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(output = executable, target_file = ctx.file.src, is_executable = True)
    return [DefaultInfo(executable = executable, runfiles = ctx.runfiles([ctx.file.src]))]

program = rule(
    implementation = _program_impl,
    doc = "Is a program that was fetched, executable under the target's own name.",
    attrs = {
        "src": attr.label(
            doc = "The program.",
            allow_single_file = True,
            mandatory = True,
        ),
    },
    executable = True,
)
