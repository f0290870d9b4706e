"""What a person does with an image: load it, boot it, look into it, test it."""

load("@bazel_skylib//rules:native_binary.bzl", "native_binary")
load("@rules_oci//oci:defs.bzl", "oci_image", "oci_load")
load("//tools/testing:defs.bzl", "pytest_test")
load(":debug_layer.bzl", "debug_layer")

_TEST = Label("//tools/image/conformance:test_image.py")

def image_load(name, tags, visibility):
    """Declares `NAME.load`, which gives an image to Docker or Podman.

    Args:
      name: the image's name, here and below.
      tags: tags of every target, here and below.
      visibility: who may use the targets, here and below.
    """
    oci_load(
        name = name + ".load",
        image = name,
        repo_tags = ["{}:dev".format(native.package_name())],
        tags = tags,
        visibility = visibility,
    )

def image_run(name, tags, visibility, args = []):
    """Declares `NAME.run`, which boots an image under bubblewrap.

    Args:
      name: see `image_load`.
      tags: see `image_load`.
      visibility: see `image_load`.
      args: more options of the program.
    """
    native_binary(
        name = name + ".run",
        src = "//tools/image/boot:program",
        out = name + ".run",
        args = [
            "--bwrap=$(rootpath @host_tools//:bwrap)",
            "--image=$(rootpath {})".format(name),
        ] + args,
        data = [
            name,
            "@host_tools//:bwrap",
        ],
        tags = tags,
        visibility = visibility,
    )

def image_debug(name, tags, visibility):
    """Declares `NAME.debug`, the image with a shell, and `NAME.debug.run`, which starts that.

    Args:
      name: see `image_load`.
      tags: see `image_load`.
      visibility: see `image_load`.
    """
    debug_layer(
        name = name + "_debug_layer",
        tags = tags,
        visibility = ["//visibility:private"],
    )
    oci_image(
        name = name + ".debug",
        base = name,
        env = {"PATH": "$PATH:/busybox"},
        tags = tags,
        tars = [name + "_debug_layer"],
        visibility = visibility,
    )
    image_run(name + ".debug", tags, visibility, ["--default-command=/busybox/sh"])

def image_test(name, layers, most_megabytes, start_args, unchecked, tags):
    """Declares `NAME_test`, which checks an image against what every image must be like.

    Args:
      name: see `image_load`.
      layers: the image's `program_layers`.
      most_megabytes: as `py_image` has it, and so the others.
      start_args: a list of strings.
      unchecked: a dict of strings.
      tags: see `image_load`.
    """
    private = ["//visibility:private"]
    native.filegroup(
        name = name + "_runfiles",
        srcs = [layers],
        output_group = "runfiles",
        tags = tags,
        visibility = private,
    )
    pytest_test(
        name = name + "_test",
        size = "medium",
        srcs = [_TEST],
        data = [
            name,
            name + "_runfiles",
            "//:audit.toml",
            "@host_tools//:bwrap",
        ],
        # All that is wrong, and not the first of it.
        args = ["--override-ini=verbosity_assertions=2"],
        env = {
            "AUDIT_POLICY": "$(rootpath //:audit.toml)",
            "BWRAP": "$(rootpath @host_tools//:bwrap)",
            "IMAGE": "$(rootpath {})".format(name),
            "MOST_MEGABYTES": str(most_megabytes),
            "RUNFILES": "$(rootpath {}_runfiles)".format(name),
            "START_ARGS": json.encode(start_args),
            "UNCHECKED": json.encode(unchecked),
        },
        tags = tags + ["requires-user-namespaces"],
        visibility = private,
        deps = ["//tools/image/conformance:test_image"],
    )
