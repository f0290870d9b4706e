"""Declares the services that `bazel run //:up` starts."""

def _service_impl(ctx):
    # What runs is its folder of runfiles, which is made for the manifest in it.
    manifest = ctx.attr.binary[DefaultInfo].files_to_run.runfiles_manifest
    runfiles = ctx.attr.binary[DefaultInfo].default_runfiles

    # A cache gives Bazel what is named here, and leaves the rest of what is made where it is.
    made = [file for file in runfiles.files.to_list() if not file.is_source]
    return [DefaultInfo(files = depset([ctx.executable.binary, manifest] + made), runfiles = runfiles)]

service = rule(
    implementation = _service_impl,
    attrs = {
        "binary": attr.label(
            cfg = "target",
            doc = "The program, which serves until SIGTERM.",
            executable = True,
            mandatory = True,
        ),
        "broker_variable": attr.string(
            doc = "The environment variable that takes the URL of an AMQP broker, which `-- --real` starts; none by default.",
        ),
        "database_variable": attr.string(
            doc = "The environment variable that takes the URL of a PostgreSQL, which `-- --real` starts; none by default.",
        ),
        "port": attr.int(
            doc = "Where `//:up` serves it on loopback; the next free port where that is taken.",
            mandatory = True,
        ),
        "port_variable": attr.string(
            doc = "The environment variable that tells the program which port of 127.0.0.1 to listen on.",
            mandatory = True,
        ),
        "ready_path": attr.string(
            default = "/readyz",
            doc = "What answers 200 by HTTP on that port once the service can work.",
        ),
    },
    doc = """Has `bazel run //:up` start a program, and start it again when something is saved that it is made of.

The program keeps its own defaults for all else, such as an embedded queue; what it keeps lies in a folder of the clone.
""",
)
