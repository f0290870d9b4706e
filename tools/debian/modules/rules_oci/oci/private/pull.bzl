"""Stands for an image that can't be pulled: it can be named and queried, but not built."""

def _unreachable_image_impl(ctx):
    fail("{} would be pulled from {}, and the Debian line reaches no registry.\nFix: depend on it for the public line alone, or build with MONOREPO_SUPPLY=public.".format(
        ctx.label,
        ctx.attr.image,
    ))

unreachable_image = rule(
    implementation = _unreachable_image_impl,
    doc = "Fails when it is analysed.",
    attrs = {"image": attr.string(doc = "What would be pulled.", mandatory = True)},
)

_BUILD = """\
load("@rules_oci//oci/private:pull.bzl", "unreachable_image")

unreachable_image(
    name = {target},
    image = {image},
    visibility = ["//visibility:public"],
)
"""

def _unreachable_image_repository_impl(repository_ctx):
    repository_ctx.file("BUILD.bazel", _BUILD.format(
        image = repr(repository_ctx.attr.image),
        target = repr(repository_ctx.attr.target),
    ))

unreachable_image_repository = repository_rule(
    implementation = _unreachable_image_repository_impl,
    doc = "Holds one target of the repository's own name.",
    attrs = {
        "image": attr.string(doc = "What would be pulled.", mandatory = True),
        "target": attr.string(doc = "The name of the target.", mandatory = True),
    },
)
