"""The `python` extension: the interpreter in the build, a copy of the private root's own."""

load("//python/private:interpreter.bzl", "interpreter_repository")
load("//python/private:root.bzl", "MACHINES", "host_machine")

_defaults = tag_class(
    doc = "Names the interpreter that targets get.",
    attrs = {"python_version": attr.string(doc = "The version, as `major.minor`.", mandatory = True)},
)

_toolchain = tag_class(
    doc = "Registers an interpreter.",
    attrs = {
        "configure_coverage_tool": attr.bool(doc = "Must be False: coverage is collected by the test runner."),
        "is_default": attr.bool(doc = "Accepted; there is one interpreter only."),
        "python_version": attr.string(doc = "The version, as `major.minor`.", mandatory = True),
    },
)

def _python_impl(module_ctx):
    versions = {}
    for module in module_ctx.modules:
        for tag in module.tags.defaults + module.tags.toolchain:
            versions[tag.python_version] = module.name
        for tag in module.tags.toolchain:
            if tag.configure_coverage_tool:
                fail("python.toolchain(configure_coverage_tool = True) is not offered on the Debian line. " +
                     "Fix: leave it out, //tools/testing collects coverage.")
    if len(versions) > 1:
        fail("The Debian line has one interpreter, and these were asked for: {}. Fix: name one version in MODULE.bazel.".format(
            ", ".join(sorted(versions)),
        ))
    host = host_machine(module_ctx)
    repositories = {
        machine: "python_interpreter" + ("" if machine == host else "_" + machine)
        for machine in MACHINES
    }
    for machine, name in repositories.items():
        interpreter_repository(
            name = name,
            machine = machine,
            python_version = versions.keys()[0] if versions else "",
            toolchains = repositories if machine == host else {},
        )
    return module_ctx.extension_metadata(reproducible = False)

python = module_extension(
    doc = "The interpreter in the build.",
    implementation = _python_impl,
    tag_classes = {
        "defaults": _defaults,
        "toolchain": _toolchain,
    },
)
