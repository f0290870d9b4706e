"""Makes base images from the packages of the root: what distroless `cc` is on the public line.

That of the other architecture is made of packages beside the root. What it is named by chooses it through a string, which
is no edge of `bazel query`, so that nothing is fetched before an image is built for that architecture.
"""

# The root's own interpreter; see program.bzl.
_PYTHON = "/usr/bin/python3"
_FLAGS = "-EsSB"

# Every package of the root with its version and hash: another record means another base.
_PACKAGE_RECORD = "/etc/monorepo/packages.txt"

_BUILD = '''"""The base image."""

load("@bazel_skylib//rules:copy_directory.bzl", "copy_directory")

# Copied, as the public module does: each build plants the links to external folders anew, and a push that reads
# blobs by them would find them gone.
copy_directory(
    name = {target},
    src = "layout",
    out = "image",
    visibility = ["//visibility:public"],
)
'''

_ALIAS = '''"""The base image of each platform."""

load("@rules_oci//oci/private:base.bzl", "chosen_base")

chosen_base(
    name = {target},
    repository = select({branches}),
    visibility = ["//visibility:public"],
)
'''

# The constraint of each architecture, as platforms of images name it.
_CPUS = {
    "amd64": "@platforms//cpu:x86_64",
    "arm64": "@platforms//cpu:aarch64",
}

_CHOSEN = str(Label("//oci/private:chosen"))

def _choose_impl(_settings, attr):
    return {_CHOSEN: attr.repository}

_choose = transition(
    implementation = _choose_impl,
    inputs = [],
    outputs = [_CHOSEN],
)

def _chosen_base_impl(ctx):
    return [ctx.attr._chosen[0][DefaultInfo]]

chosen_base = rule(
    doc = "The base image that a string names.",
    implementation = _chosen_base_impl,
    attrs = {
        "repository": attr.string(doc = "The target that is it, by its canonical label.", mandatory = True),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
            doc = "Bazel asks for it.",
        ),
        "_chosen": attr.label(
            cfg = _choose,
            default = "//oci/private:chosen",
            doc = "The target, when the transition has named it.",
        ),
    },
)

def _base_alias_repository_impl(repository_ctx):
    branches = {
        _CPUS[architecture]: "@@{}//:{}".format(repository_ctx.name.removesuffix(repository_ctx.attr.target) + name, name)
        for architecture, name in repository_ctx.attr.repositories.items()
    }
    repository_ctx.file("BUILD.bazel", _ALIAS.format(
        branches = json.encode_indent(branches, indent = "    "),
        target = repr(repository_ctx.attr.target),
    ))

base_alias_repository = repository_rule(
    implementation = _base_alias_repository_impl,
    doc = "Holds one target of the repository's own name: the base image of the platform that is built for.",
    attrs = {
        "repositories": attr.string_dict(doc = "The repository of each architecture's image.", mandatory = True),
        "target": attr.string(doc = "The name of the target.", mandatory = True),
    },
)

def _root(repository_ctx):
    """Returns the root with the packages of an architecture: this one, or what lies beside it."""
    wanted = repository_ctx.attr.architecture
    if wanted == repository_ctx.os.arch.replace("aarch64", "arm64"):
        return "/"
    made = repository_ctx.execute(
        [_PYTHON, "-B", repository_ctx.path(Label("@@//tools/debian:foreign.py")), wanted],
        timeout = 900,
    )
    if made.return_code:
        fail("\n" + made.stderr)
    return made.stdout.strip()

def _base_image_repository_impl(repository_ctx):
    for module in repository_ctx.attr._modules:
        repository_ctx.watch(module)
    record = repository_ctx.path(_PACKAGE_RECORD)
    if record.exists:
        repository_ctx.watch(record)
    made = repository_ctx.execute([
        _PYTHON,
        _FLAGS,
        repository_ctx.path(repository_ctx.attr._program),
        repository_ctx.path("."),
        _root(repository_ctx),
    ])
    if made.return_code:
        fail("The base image can't be made from the root's packages: {}\nFix: prepare the root anew, by removing its folder below the cache.".format(
            made.stderr,
        ))
    repository_ctx.file("BUILD.bazel", _BUILD.format(target = repr(repository_ctx.attr.target)))

base_image_repository = repository_rule(
    implementation = _base_image_repository_impl,
    doc = "Holds one target of the repository's own name: an OCI layout as a tracked source directory.",
    attrs = {
        "architecture": attr.string(doc = "What the image is for, as Go names it.", mandatory = True),
        "target": attr.string(doc = "The name of the target.", mandatory = True),
        "_modules": attr.label_list(
            doc = "What the program imports.",
            default = [
                "//oci/private:layout.py",
                "//oci/private:root_packages.py",
            ],
        ),
        "_program": attr.label(
            doc = "The program that writes the layout.",
            default = "//oci/private:make_base.py",
        ),
    },
)
