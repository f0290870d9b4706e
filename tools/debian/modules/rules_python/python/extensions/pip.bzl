"""The `pip` extension: one repository per locked distribution, and a hub that names them."""

load("//python/private:hub.bzl", "hub_repository")
load("//python/private:root.bzl", "MACHINES", "ROOT_PYTHON", "host_machine")
load("//python/private:wheel.bzl", "foreign_wheel_repository", "wheel_repository")

_parse = tag_class(
    doc = "Reads one lock file.",
    attrs = {
        "enable_implicit_namespace_pkgs": attr.bool(
            doc = "Whether folders without an `__init__.py` stay so: here they always do.",
        ),
        "experimental_requirement_cycles": attr.string_list_dict(
            doc = "Groups of distributions that need each other, by a name for each: what uses one has all.",
        ),
        "extra_pip_args": attr.string_list(doc = "Arguments for each `pip install`."),
        "hub_name": attr.string(doc = "The name of the hub repository.", mandatory = True),
        "python_version": attr.string(doc = "The interpreter's version, as `major.minor`."),
        "requirements_lock": attr.label(doc = "The fully hashed lock file.", mandatory = True),
        "target_platforms": attr.string_list(
            doc = "Platforms that wheels are wanted for, as `linux_aarch64`; `{os}_{arch}` is this machine's. By default that alone.",
        ),
    },
)

def _machines(module_ctx, tag):
    """Returns the machines that wheels are wanted for, this one first."""
    host = host_machine(module_ctx)
    wanted = [
        platform.format(arch = host, os = "linux").removeprefix("linux_")
        for platform in tag.target_platforms
    ]
    unknown = [machine for machine in wanted if machine not in MACHINES]
    if unknown:
        fail("pip.parse(target_platforms) names {}, and the Debian line knows {}. Fix: name one of these.".format(
            ", ".join(unknown),
            ", ".join(["linux_" + machine for machine in MACHINES]),
        ))
    return [host] + [machine for machine in MACHINES if machine in wanted and machine != host]

def _locked_distributions(module_ctx, tag, machines):
    """Returns the lock's entries that hold for one of the machines, as dicts of strings, lists and dicts."""
    read = module_ctx.execute([
        ROOT_PYTHON,
        "-I",
        module_ctx.path(Label("//python/private:read_lock.py")),
        module_ctx.path(tag.requirements_lock),
        str(tag.requirements_lock).rpartition("//")[2].lstrip(":"),
    ] + ["linux_" + machine for machine in machines])
    if read.return_code:
        fail("\n" + read.stderr)
    module_ctx.watch(tag.requirements_lock)
    return json.decode(read.stdout)

def _fellows(groups, keys):
    """Returns the other members of each grouped distribution's group, by its key."""
    fellows = {}
    for name, members in groups.items():
        members = [normalised for normalised in [_key(member) for member in members] if normalised in keys]
        for member in members:
            if member in fellows:
                fail("{} is in two groups of experimental_requirement_cycles; {} is one. Fix: make them one.".format(member, name))
            fellows[member] = [other for other in members if other != member]
    return fellows

def _key(name):
    """Returns a distribution's name as labels have it."""
    parts = name.lower().replace("-", "_").replace(".", "_").split("_")
    return "_".join([part for part in parts if part])

def _wheel(tag, entry, machine):
    """Returns the attributes of the repositories of one distribution."""

    # An entry for other machines alone has a repository here, too; what uses it says so.
    pin = entry["pins"].get("linux_" + machine, entry["pins"].values()[0])
    return {
        "distribution": entry["name"],
        "extra_pip_args": tag.extra_pip_args,
        "extras": entry["extras"],
        "hashes": pin["hashes"],
        "lock": str(tag.requirements_lock).rpartition("//")[2].lstrip(":"),
        "machine": machine,
        "users": entry["users"],
        "version": pin["version"],
    }

def _pip_impl(module_ctx):
    for module in module_ctx.modules:
        for tag in module.tags.parse:
            machines = _machines(module_ctx, tag)
            entries = _locked_distributions(module_ctx, tag, machines)
            fellows = _fellows(tag.experimental_requirement_cycles, [entry["key"] for entry in entries])
            for entry in entries:
                name = "{}_{}".format(tag.hub_name, entry["key"])
                for machine in machines[1:]:
                    foreign_wheel_repository(
                        name = "{}_linux_{}".format(name, machine),
                        **_wheel(tag, entry, machine)
                    )
                wheel_repository(
                    name = name,
                    fellows = fellows.get(entry["key"], []),
                    foreign_machines = machines[1:],
                    hub_name = tag.hub_name,
                    **_wheel(tag, entry, machines[0])
                )
            hub_repository(
                name = tag.hub_name,
                distributions = [entry["key"] for entry in entries],
                grouped = fellows.keys(),
            )
    return module_ctx.extension_metadata(reproducible = False)

pip = module_extension(
    doc = "Locked distributions as `@<hub_name>//<name>`.",
    implementation = _pip_impl,
    tag_classes = {"parse": _parse},
)
