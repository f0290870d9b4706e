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

def _pip_impl(module_ctx):
    for module in module_ctx.modules:
        for tag in module.tags.parse:
            entries = _locked_distributions(module_ctx, tag)
            for entry in entries:
                wheel_repository(
                    name = "{}_{}".format(tag.hub_name, entry["key"]),
                    distribution = entry["name"],
                    extra_pip_args = tag.extra_pip_args,
                    extras = entry["extras"],
                    hashes = entry["hashes"],
                    hub_name = tag.hub_name,
                    lock = str(tag.requirements_lock).rpartition("//")[2].lstrip(":"),
                    version = entry["version"],
                )
            hub_repository(
                name = tag.hub_name,
                distributions = [entry["key"] for entry in entries],
            )
    return module_ctx.extension_metadata(reproducible = False)

pip = module_extension(
    doc = "Locked distributions as `@<hub_name>//<name>`.",
    implementation = _pip_impl,
    tag_classes = {"parse": _parse},
)
