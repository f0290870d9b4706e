"""Sends an image and what refers to it."""

load("@bazel_skylib//rules:native_binary.bzl", "native_binary")
load("@rules_oci//oci:defs.bzl", "oci_push")
load(":push_plan.bzl", "push_plan")
load(":referrers.bzl", "image_bom_referrer", "image_provenance_referrer", "image_subject", "push_destination")

# What refers to an image, in the order in which it is sent.
_KINDS = ["bom", "provenance"]

def image_push(name, image, base, tags, visibility):
    """Declares the push of an image: first the image, then its bill of materials and its provenance.

    Args:
      name: the target to run.
      image: the image's name, in this package; `IMAGE.sbom` is its bill of materials.
      base: the image's base.
      tags: tags of every target; `no-push` keeps it out of `push_all`.
      visibility: who may run it.
    """
    stamped = select({
        Label("//tools/image:stamped"): True,
        "//conditions:default": False,
    })
    private = {"tags": tags, "visibility": ["//visibility:private"]}
    package = native.package_name()
    suffix = image.replace("image", "").strip("_-.")
    push_destination(
        name = image + "_destination",
        repository = package + ("/" + suffix if suffix else ""),
        stamped = stamped,
        **private
    )
    for group in ["repository", "tags"]:
        native.filegroup(
            name = "{}_{}".format(image, group),
            srcs = [image + "_destination"],
            output_group = group,
            **private
        )
    push_plan(
        name = image + "_plan",
        digest = image + ".digest",
        push_tags = image + "_tags",
        referrers = ["{}_{}_referrer".format(image, kind) for kind in _KINDS],
        repository = image + "_repository",
        target = "//{}:{}".format(package, image),
        **private
    )
    image_subject(
        name = image + "_subject",
        base = base,
        image = image,
        **private
    )
    image_bom_referrer(
        name = image + "_bom_referrer",
        document = image + ".sbom",
        subject = image + "_subject",
        tags = tags,
        visibility = visibility,
    )
    image_provenance_referrer(
        name = image + "_provenance_referrer",
        bom = image + ".sbom",
        subject = image + "_subject",
        stamped = stamped,
        target = "//{}:{}".format(package, image),
        tags = tags,
        visibility = visibility,
    )
    for kind in _KINDS:
        oci_push(
            name = "{}_{}_push".format(image, kind),
            image = "{}_{}_referrer".format(image, kind),
            repository_file = image + "_repository",
            tags = tags,
            visibility = visibility,
        )
    oci_push(
        name = image + "_push",
        image = image,
        remote_tags = image + "_tags",
        repository_file = image + "_repository",
        tags = tags,
        visibility = visibility,
    )
    pushes = [image + "_push"] + ["{}_{}_push".format(image, kind) for kind in _KINDS]
    native_binary(
        name = name,
        src = "//tools/image/publish:program",
        out = name,
        args = ["--push=$(rootpath {})".format(pushes[0])] +
               ["--referrer=$(rootpath {})".format(push) for push in pushes[1:]] +
               ["--repository-file=$(rootpath {}_repository)".format(image)],
        data = pushes + [image + "_repository"],
        tags = tags + ([] if "no-push" in tags else ["image-push"]),
        visibility = visibility,
    )
