"""Sends an image and what refers to it."""

load("@bazel_skylib//rules:native_binary.bzl", "native_binary")
load("@rules_oci//oci:defs.bzl", "oci_image_index", "oci_push")
load(":platforms.bzl", "platform_targets")
load(":push_plan.bzl", "DOCUMENTS", "image_facts", "push_plan")

def push_name(image):
    """Returns the name of the target that pushes an image: `push`, or one that begins like the image's own.

    Args:
      image: the image's name.
    """
    return "push" if image == "image" else image + ".push"

def _output_groups(plan, groups, **kwargs):
    for name, group in groups.items():
        native.filegroup(name = name, srcs = [plan], output_group = group, **kwargs)

def image_plan(name, base, layers, licence, platforms, tags, visibility):
    """Declares the plan of an image's push, and `NAME.sbom`, its bill of materials.

    Args:
      name: the image's name.
      base: the image's base.
      layers: the image's `program_layers`.
      licence: the licence of first-party code.
      platforms: what is pushed is for these; none for this machine's own.
      tags: tags of every target.
      visibility: who may read the bill of materials, and push.

    Returns:
      The names of what a push sends: the image, then what refers to it.
    """
    facts = name + "_facts"
    package = native.package_name()
    private = ["//visibility:private"]
    image_facts(
        name = facts,
        base = base,
        image = name,
        layers = layers,
        licence = licence,
        sbom = name + ".sbom.json",
        tags = tags,
        visibility = private,
    )
    native.filegroup(name = name + ".sbom", srcs = [facts], tags = tags, visibility = visibility)
    images = platform_targets(name, "", platforms, tags, visibility) or [name]
    all_facts = platform_targets(name, "_facts", platforms, tags, private) or [facts]
    platform_targets(name, ".digest", platforms, tags, private)
    pushed = images[0]
    tags = tags + (["manual"] if platforms else [])
    if len(images) > 1:
        pushed = name + "_index"
        oci_image_index(name = pushed, images = images, tags = tags, visibility = visibility)
    plan = name + "_plan"
    push_plan(
        name = plan,
        digest = pushed + ".digest",
        facts = all_facts,
        image = "//{}:{}".format(package, name),
        pushed = pushed,
        repository = package if name == "image" else "{}/{}".format(package, name),
        stamped = select({
            Label("//tools/image:stamped"): True,
            "//conditions:default": False,
        }),
        tags = tags,
        visibility = visibility,
    )
    documents = ["{}_{}".format(image, document) for image in images for document in DOCUMENTS]
    _output_groups(plan, {document: document for document in documents}, tags = tags, visibility = visibility)
    _output_groups(plan, {name + "_repository": "repository", name + "_tags": "tags"}, tags = tags, visibility = private)
    return [pushed] + documents

def image_push(name, parts, tags, visibility):
    """Declares the push of an image that has an `image_plan`: first the image, then what refers to it.

    Args:
      name: the image's name.
      parts: what `image_plan` returns.
      tags: tags of every target.
      visibility: who may run it.
    """
    pushes = [part + "_push" for part in parts]
    for part, push in zip(parts, pushes):
        oci_push(
            name = push,
            image = part,
            remote_tags = name + "_tags" if part == parts[0] else None,
            repository_file = name + "_repository",
            tags = tags,
            visibility = visibility,
        )
    native_binary(
        name = push_name(name),
        src = "//tools/image/publish:program",
        out = push_name(name),
        args = ["--push=$(rootpath {})".format(push) for push in pushes] +
               ["--plan=$(rootpath {}_plan)".format(name)],
        data = pushes + [name + "_plan"],
        # What `//tools/affected -- --only pushes` lists.
        tags = tags + ([] if "no-push" in tags else ["image-push"]),
        visibility = visibility,
    )
