"""Installs one locked distribution: hash-checked by pip, compiled once, with its edges to others."""

load(":root.bzl", "make_stored")
load(
    ":wheel_texts.bzl",
    "BROKEN",
    "BUILD",
    "FOREIGN",
    "FOREIGN_BROKEN",
    "FOREIGN_BUILD",
    "PART",
    "SCRIPT",
    "SCRIPT_SOURCE",
)

# The exit code of install_wheel.py where the lock is at fault, and not the machine.
_BAD_LOCK = 3

def _install(repository_ctx, machines):
    """Installs a wheel; returns what Bazel must know of it, or why the lock is at fault."""
    attr = repository_ctx.attr
    request = {
        "distribution": attr.distribution,
        "extra_pip_args": attr.extra_pip_args,
        "extras": attr.extras,
        "hashes": attr.hashes,
        "lock": attr.lock,
        "machine": attr.machine,
        "machines": machines,
        "users": attr.users,
        "version": attr.version,
    }
    installed = make_stored(repository_ctx, "wheels", request, attr._stored, attr._program)
    if installed.return_code == _BAD_LOCK:
        # Fetched again when the lock's entry changes.
        return struct(reason = installed.stderr.strip(), report = None)
    if installed.return_code:
        fail("\n" + installed.stderr)
    return struct(reason = "", report = json.decode(repository_ctx.read("report.json", watch = "no")))

def _by_machine(values, own):
    """Returns the text of what is chosen by the machine that is built for; a plain one where that is all the same.

    Args:
      values: the text for each machine.
      own: this machine.
    """
    others = {machine: text for machine, text in values.items() if text != values[own]}
    if not others:
        return values[own]
    branches = {"@platforms//cpu:" + machine: text for machine, text in others.items()}
    branches["//conditions:default"] = values[own]
    return "select({" + ", ".join(["\"{}\": {}".format(*item) for item in branches.items()]) + "})"

def _deps_text(attr, names):
    deps = ["@{}//{}:pkg".format(attr.hub_name, dep) for dep in names if dep not in attr.fellows]
    return json.encode_indent(deps, indent = "    ")

def _folders_text(own, own_text, foreign, folders):
    """Returns the text of a list of the wheel's folders, for each machine."""
    texts = {own: own_text}
    for machine in foreign:
        texts[machine] = json.encode([":{}/{}".format(machine, folder) for folder in folders])
    return _by_machine(texts, own)

def _scripts(repository_ctx, scripts):
    """Writes what starts each entry point; returns the targets' text."""
    text = ""
    for script, entry in sorted(scripts.items()):
        module, _, function = entry.partition(":")
        repository_ctx.file("scripts/{}.py".format(script), SCRIPT_SOURCE.format(
            function = function,
            module = module,
            root = function.partition(".")[0],
        ))
        text += SCRIPT.format(script = script)
    return text

def _wheel_repository_impl(repository_ctx):
    attr = repository_ctx.attr
    installed = _install(repository_ctx, [attr.machine] + attr.foreign_machines)
    report = installed.report
    if not report:
        repository_ctx.file("BUILD.bazel", BROKEN.format(
            name = attr.distribution,
            reason = json.encode(installed.reason),
            version = attr.version,
        ))
        return
    beside = [folder for folder in ["bin", "data"] if repository_ctx.path(folder).exists]
    foreign = attr.foreign_machines if report["is_native"] else []
    deps = _by_machine({machine: _deps_text(attr, names) for machine, names in report["deps"].items()}, attr.machine)
    tags = ["pypi_name=" + attr.distribution, "pypi_version=" + attr.version] + (["native"] if report["is_native"] else [])
    modules = _folders_text(attr.machine, '["site-packages"]', foreign, ["site-packages"])
    programs = 'glob(["bin/**"], allow_empty = True) + ' + json.encode(report["data"])
    fellows = ["@{}//{}:_pkg".format(attr.hub_name, fellow) for fellow in attr.fellows]
    build = BUILD.format(
        data = _folders_text(attr.machine, programs, foreign if beside else [], beside),
        deps = deps + (" + " + json.encode(fellows) if fellows else ""),
        dist_info = json.encode([report["dist_info"]]),
        modules = modules,
        name = attr.distribution,
        tags = json.encode_indent(tags, indent = "    "),
        version = attr.version,
    )
    if fellows:
        build += PART.format(deps = deps, modules = modules, tags = json.encode(tags))
    for machine in foreign:
        for folder in ["site-packages"] + beside:
            build += FOREIGN.format(
                folder = folder,
                machine = machine,
                repository = "@@{}_linux_{}".format(repository_ctx.name, machine),
            )
    repository_ctx.file("BUILD.bazel", build + _scripts(repository_ctx, report["scripts"]))

def _foreign_wheel_repository_impl(repository_ctx):
    attr = repository_ctx.attr
    installed = _install(repository_ctx, [attr.machine])
    common = {"machine": attr.machine, "name": attr.distribution, "version": attr.version}
    if installed.reason:
        repository_ctx.file("BUILD.bazel", FOREIGN_BROKEN.format(reason = json.encode(installed.reason), **common))
        return
    beside = {
        folder: json.encode([folder] if repository_ctx.path(folder).exists else [])
        for folder in ["bin", "data"]
    }
    repository_ctx.file("BUILD.bazel", FOREIGN_BUILD.format(**(common | beside)))

_ATTRS = {
    "distribution": attr.string(doc = "The name as the lock writes it.", mandatory = True),
    "extra_pip_args": attr.string_list(doc = "Arguments for `pip install`."),
    "extras": attr.string_list(doc = "The extras that the lock asks for."),
    "hashes": attr.string_list(doc = "Allowed hashes, as `<algorithm>:<hex>`.", mandatory = True),
    "lock": attr.string(doc = "The lock file's path, for messages.", mandatory = True),
    "machine": attr.string(doc = "The machine that the wheel is for, as `x86_64`.", mandatory = True),
    "users": attr.string_list(doc = "What needs it, as the lock says, for messages."),
    "version": attr.string(doc = "The pinned version.", mandatory = True),
    "_program": attr.label(
        doc = "The program that installs the wheel.",
        default = "//python/private:install_wheel.py",
    ),
    "_stored": attr.label(
        doc = "The program that has it install once for all clones of a user.",
        default = "//python/private:stored.sh",
    ),
}

wheel_repository = repository_rule(
    doc = "One distribution: `:pkg`, `:data`, `:dist_info`, `:extracted_whl_files` and `:bin/<script>`.",
    implementation = _wheel_repository_impl,
    attrs = _ATTRS | {
        "fellows": attr.string_list(doc = "The other distributions of its group, which need each other."),
        "foreign_machines": attr.string_list(doc = "The other machines that its wheel is wanted for."),
        "hub_name": attr.string(doc = "The hub through which dependencies are named.", mandatory = True),
    },
)

foreign_wheel_repository = repository_rule(
    doc = "The folders of a distribution's wheel for another machine.",
    implementation = _foreign_wheel_repository_impl,
    attrs = _ATTRS,
)
