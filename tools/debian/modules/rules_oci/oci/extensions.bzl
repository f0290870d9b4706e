"""Declares the images that the public line pulls; no registry can be reached from here.

One of them has an answer: distroless `cc`, the base of every service, is made from the packages of the root.
"""

load("//oci/private:base.bzl", "base_alias_repository", "base_image_repository")
load("//oci/private:pull.bzl", "unreachable_image_repository")

# The part of an image's name that tells a distroless `cc` from all others, whatever the registry.
_BASE = "/distroless/cc-debian"

_PULL = tag_class(
    doc = "Names an image of a registry, which becomes the repository of that name.",
    attrs = {
        "bazel_tags": attr.string_list(doc = "Unused here."),
        "config": attr.label(doc = "Unused here."),
        "digest": attr.string(doc = "The digest to pull."),
        "image": attr.string(doc = "The image, as `HOST/NAME`; or registry and repository say it."),
        "name": attr.string(doc = "The repository that holds the image."),
        "platforms": attr.string_list(doc = "Each also becomes a repository: `NAME_linux_amd64`."),
        "registry": attr.string(doc = "The registry's host."),
        "repository": attr.string(doc = "The image's name on the registry."),
        "reproducible": attr.bool(default = True, doc = "Unused here."),
        "tag": attr.string(doc = "The tag to pull."),
        "www_authenticate_challenges": attr.string_dict(doc = "Unused here."),
    },
)

_TOOLCHAINS = tag_class(
    doc = "Accepted for the public module's sake: nothing here needs a toolchain.",
    attrs = {"name": attr.string(default = "oci", doc = "Unused here.")},
)

def _oci_impl(module_ctx):
    for module in module_ctx.modules:
        for pull in module.tags.pull:
            image = pull.image or "{}/{}".format(pull.registry, pull.repository)
            names = {platform: "_".join([pull.name] + platform.split("/")) for platform in pull.platforms}
            if _BASE in image and not names:
                base_image_repository(
                    name = pull.name,
                    architecture = module_ctx.os.arch.replace("aarch64", "arm64"),
                    target = pull.name,
                )
            elif _BASE in image:
                repositories = {platform.split("/")[1]: name for platform, name in names.items()}
                base_alias_repository(name = pull.name, repositories = repositories, target = pull.name)
                for architecture, name in repositories.items():
                    base_image_repository(name = name, architecture = architecture, target = name)
            else:
                for name in [pull.name] + names.values():
                    unreachable_image_repository(name = name, image = image, target = name)

oci = module_extension(
    implementation = _oci_impl,
    doc = "Declares images of registries.",
    tag_classes = {"pull": _PULL, "toolchains": _TOOLCHAINS},
)
