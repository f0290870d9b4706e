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

def make_stored(repository_ctx, kind, request, stored, program):
    """Makes a repository's files once for all clones of this user, and links them into the repository.

    Args:
      repository_ctx: the context of a repository rule.
      kind: the folder of the store, beside the root.
      request: what the files are made from besides the program, as JSON knows it.
      stored: the label of `stored.sh`.
      program: the label of the program that makes them.

    Returns:
      What came of it, as `execute` gives it; the program's report is in `report.json`.
    """
    repository_ctx.file("request.json", json.encode(request))
    beside = repository_ctx.path(repository_ctx.os.environ["MONOREPO_DEBIAN_ROOT"]).dirname
    return repository_ctx.execute(
        [repository_ctx.path(stored), beside.get_child(kind), ROOT_PYTHON, repository_ctx.path(program)],
        timeout = 900,
    )

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
