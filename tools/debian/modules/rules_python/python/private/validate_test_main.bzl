"""`validate_test_main`: fails a `py_test` whose main program defines tests and runs nothing.

A target beside each test holds the validation, so that no test stands on how another one is made. The attribute
`aspect_hints` names it there: Bazel hands on the validations of what a target names, and nothing of it reaches runfiles.
"""

load("@bazel_skylib//rules:common_settings.bzl", "BuildSettingInfo")

def _main_file(ctx):
    if ctx.file.main:
        return ctx.file.main
    ending = "/{}.py".format(Label(ctx.attr.test).name)
    named = [file for file in ctx.files.srcs if ("/" + file.short_path).endswith(ending)]
    return named[0] if named else None

def _validated_test_main_impl(ctx):
    main = _main_file(ctx)
    if ctx.attr._flag[BuildSettingInfo].value != "enabled" or not main:
        return []
    output = ctx.actions.declare_file(ctx.label.name + ".txt")
    ctx.actions.run(
        executable = ctx.executable._program,
        arguments = [ctx.attr.test, main.short_path, main.path, output.path],
        inputs = [main],
        outputs = [output],
        mnemonic = "PyValidateTestMain",
        progress_message = "Validating py_test main " + ctx.attr.test,
    )
    return [OutputGroupInfo(_validation = depset([output]))]

_validated_test_main = rule(
    doc = "Validates what a `py_test` starts, where the flag `validate_test_main` says so.",
    implementation = _validated_test_main_impl,
    attrs = {
        "main": attr.label(
            allow_single_file = True,
            doc = "The main program; by default, the one of `srcs` that is named after the test.",
        ),
        "srcs": attr.label_list(
            allow_files = True,
            doc = "The sources among which the main program is.",
        ),
        "test": attr.string(
            doc = "The test's label.",
            mandatory = True,
        ),
        "_flag": attr.label(
            default = "//python/config_settings:validate_test_main",
            doc = "Whether anything is validated.",
        ),
        "_program": attr.label(
            cfg = "exec",
            default = "//python/private:validate_test_main",
            doc = "Looks at a main program.",
            executable = True,
        ),
    },
)

def main_hints(name, attributes):
    """Declares what validates a test's main program.

    Args:
      name: the test's name.
      attributes: its other attributes.

    Returns:
      The attributes that the test has besides.
    """
    main = attributes.get("main")
    hints = name + "_validate_test_main"
    _validated_test_main(
        name = hints,
        testonly = True,
        srcs = [] if main else attributes.get("srcs", []),
        main = main,
        tags = ["manual"],
        test = "//{}:{}".format(native.package_name(), name),
        visibility = ["//visibility:private"],
    )
    return {"aspect_hints": attributes.get("aspect_hints", []) + [":" + hints]}
