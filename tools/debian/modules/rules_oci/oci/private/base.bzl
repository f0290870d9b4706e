"""Makes the base image from the packages of the root: what distroless `cc` is on the public line."""

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
