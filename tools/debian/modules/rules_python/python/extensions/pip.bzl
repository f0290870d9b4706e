"""The `pip` extension: one repository per locked distribution, and a hub that names them."""

load("//python/private:hub.bzl", "hub_repository")
load("//python/private:root.bzl", "ROOT_PYTHON")
load("//python/private:wheel.bzl", "wheel_repository")

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
    },
)

def _locked_distributions(module_ctx, tag):
    """Returns the lock's entries that hold for this platform, as dicts of strings and lists."""
    read = module_ctx.execute([
        ROOT_PYTHON,
        "-I",
        module_ctx.path(Label("//python/private:read_lock.py")),
        module_ctx.path(tag.requirements_lock),
        str(tag.requirements_lock).rpartition("//")[2].lstrip(":"),
    ])
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

def _pip_impl(module_ctx):
    for module in module_ctx.modules:
        for tag in module.tags.parse:
            entries = _locked_distributions(module_ctx, tag)
            fellows = _fellows(tag.experimental_requirement_cycles, [entry["key"] for entry in entries])
            for entry in entries:
                wheel_repository(
                    name = "{}_{}".format(tag.hub_name, entry["key"]),
                    distribution = entry["name"],
                    extra_pip_args = tag.extra_pip_args,
                    extras = entry["extras"],
                    fellows = fellows.get(entry["key"], []),
                    hashes = entry["hashes"],
                    hub_name = tag.hub_name,
                    lock = str(tag.requirements_lock).rpartition("//")[2].lstrip(":"),
                    version = entry["version"],
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
