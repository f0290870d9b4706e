"""Sends an image and what refers to it."""

load("@bazel_skylib//rules:native_binary.bzl", "native_binary")
load("@rules_oci//oci:defs.bzl", "oci_push")
load(":push_plan.bzl", "PARTS", "push_plan")

def push_name(image):
    """Returns the name of the target that pushes an image: `push`, or one that begins like the image's own.

    Args:
      image: the image's name.
    """
    return "push" if image == "image" else image + ".push"

def _output_groups(plan, groups, **kwargs):
    for name, group in groups.items():
        native.filegroup(name = name, srcs = [plan], output_group = group, **kwargs)

def image_plan(name, base, layers, licence, tags, visibility):
    """Declares the plan of an image's push, and `NAME.sbom`, its bill of materials.

    Args:
      name: the image's name.
      base: the image's base.
      layers: the image's `program_layers`.
      licence: the licence of first-party code.
      tags: tags of every target.
      visibility: who may read the bill of materials, and push.
    """
    plan = name + "_plan"
    package = native.package_name()
    push_plan(
        name = plan,
        base = base,
        image = name,
        layers = layers,
        licence = licence,
        repository = package if name == "image" else "{}/{}".format(package, name),
        sbom = name + ".sbom.json",
        stamped = select({
            Label("//tools/image:stamped"): True,
            "//conditions:default": False,
        }),
        tags = tags,
        visibility = visibility,
    )
    public = {name + ".sbom": "sbom", name + "_bom": "bom", name + "_provenance": "provenance"}
    private = {name + "_repository": "repository", name + "_tags": "tags"}
    _output_groups(plan, public, tags = tags, visibility = visibility)
    _output_groups(plan, private, tags = tags, visibility = ["//visibility:private"])

def image_push(name, tags, visibility):
    """Declares the push of an image that has an `image_plan`: first the image, then what refers to it.

    Args:
      name: the image's name.
      tags: tags of every target.
      visibility: who may run it.
    """
    pushes = [name + part + "_push" for part in PARTS]
    for part, push in zip(PARTS, pushes):
        oci_push(
            name = push,
            image = name + part,
            remote_tags = None if part else name + "_tags",
            repository_file = name + "_repository",
            tags = tags,
            visibility = visibility,
        )
    native_binary(
        name = push_name(name),
        src = "//tools/image/publish:program",
        out = push_name(name),
        args = ["--push=$(rootpath {})".format(push) for push in pushes] +
               ["--repository-file=$(rootpath {}_repository)".format(name)],
        data = pushes + [name + "_repository"],
        # What `//tools/affected -- --only pushes` lists.
        tags = tags + ([] if "no-push" in tags else ["image-push"]),
        visibility = visibility,
    )
