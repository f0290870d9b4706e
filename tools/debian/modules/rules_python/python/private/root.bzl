"""What the private root of the Debian line holds, and what lies beside it for the other architecture."""

# The root's own interpreter: never the PATH's, which may be the caller's.
ROOT_PYTHON = "/usr/bin/python3"

# Every package of the root with its version and hash; another record means another interpreter.
PACKAGE_RECORD = "/etc/monorepo/packages.txt"

# What images can be for, by the machine as Python and `@platforms//cpu` name it, with Debian's name for it.
MACHINES = {
    "aarch64": "arm64",
    "x86_64": "amd64",
}

def host_machine(ctx):
    """Returns the machine that this is, as in `MACHINES`.

    Args:
      ctx: the context of a repository rule or a module extension.
    """
    names = {debian: machine for machine, debian in MACHINES.items()}
    return names.get(ctx.os.arch, ctx.os.arch)

def foreign_root(repository_ctx, machine):
    """Gives the packages of another architecture; unpacks them where they aren't yet.

    Args:
      repository_ctx: the context of a repository rule.
      machine: the machine, as in `MACHINES`.

    Returns:
      The folder that has them, as a root has its own.
    """
    made = repository_ctx.execute(
        [ROOT_PYTHON, "-B", repository_ctx.path(Label("@@//tools/debian:foreign.py")), MACHINES[machine]],
        timeout = 900,
    )
    if made.return_code:
        fail("\n" + made.stderr)
    return made.stdout.strip()
