"""Makes `@host_tools`: programs of the machine, each a label that a test can name in `data`.

A program that the machine lacks is a target that is incompatible with every platform: Bazel leaves out what needs
it, says so, and `//tools/host_tools:missing` lists it.
"""

# Programs, and the folders to look into before the PATH, where Debian puts wrappers that insist on a user of theirs.
_TOOLS = {
    "buildbox-casd": [],
    "buildbox-run-hosttools": [],
    "buildbox-worker": [],
    "busybox": [],
    "bwrap": [],
    "chromium": [],
    "cosign": [],
    "crane": [],
    "docker-registry": [],
    "epmd": [],
    "git": [],
    "htpasswd": [],
    "initdb": ["/usr/lib/postgresql"],
    "nginx": ["/usr/sbin"],
    "pg_ctl": ["/usr/lib/postgresql"],
    "postgres": ["/usr/lib/postgresql"],
    "qemu-aarch64": [],
    "rabbitmq-server": ["/usr/lib/rabbitmq/bin"],
    "rabbitmqctl": ["/usr/lib/rabbitmq/bin"],
    "skopeo": [],
}

_WRAPPER = """#!/bin/sh
# Size and time of the program, so that another one is another input: {identity}
exec {path} "$@"
"""

_FOUND = """
filegroup(
    name = "{name}",
    srcs = ["bin/{name}"],
)
"""

_MISSING = """
filegroup(
    name = "{name}",
    srcs = [],
    target_compatible_with = ["@platforms//:incompatible"],
)
"""

_HEADER = '''"""Programs of this machine."""

package(default_visibility = ["//visibility:public"])

exports_files(["missing.txt"])
'''

def find_program(repository_ctx, name, folders):
    """Looks for a program in folders, then on the PATH.

    Args:
      repository_ctx: the context of a repository rule.
      name: the program's name.
      folders: where to look first: a folder of programs, or one of versions with a `bin` each.

    Returns:
      Its path, or None.
    """
    for folder in folders:
        path = repository_ctx.path(folder)
        if not path.exists:
            continue

        # PostgreSQL keeps one folder per version: the newest wins.
        versions = sorted([entry for entry in path.readdir()], key = lambda entry: entry.basename, reverse = True)
        for candidate in [path.get_child(name)] + [version.get_child("bin").get_child(name) for version in versions]:
            if candidate.exists:
                return candidate
    return repository_ctx.which(name)

def _host_tools_repository_impl(repository_ctx):
    build = [_HEADER]
    missing = []
    for name, folders in _TOOLS.items():
        path = find_program(repository_ctx, name, folders)
        if not path:
            missing.append("{}: not on the PATH{}\n".format(name, "".join([", nor below " + folder for folder in folders])))
            build.append(_MISSING.format(name = name))
            continue
        identity = repository_ctx.execute(["stat", "-L", "-c", "%s %Y", path]).stdout.strip()
        repository_ctx.file("bin/" + name, _WRAPPER.format(identity = identity, path = path), executable = True)
        build.append(_FOUND.format(name = name))
    repository_ctx.file("missing.txt", "".join(missing))
    repository_ctx.file("BUILD.bazel", "".join(build))

_host_tools_repository = repository_rule(
    doc = "One label per program; see `_TOOLS`.",
    implementation = _host_tools_repository_impl,
    configure = True,
    environ = ["PATH"],
    local = True,
)

def _host_tools_impl(module_ctx):
    _host_tools_repository(name = "host_tools")
    return module_ctx.extension_metadata(reproducible = True)

host_tools = module_extension(
    doc = "Makes `@host_tools`.",
    implementation = _host_tools_impl,
)
