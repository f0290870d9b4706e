"""Turns a Python program into an image: ordered, reproducible layers that services share."""

load("@bazel_skylib//rules:native_binary.bzl", "native_binary")
load("@rules_oci//oci:defs.bzl", "oci_image", "oci_load")
load("//tools/image:layers.bzl", "LARGE_DISTRIBUTIONS")
load("//tools/image/private:arguments.bzl", "check_arguments", "push_name")
load("//tools/image/private:debug_layer.bzl", "debug_layer")
load("//tools/image/private:program_layers.bzl", "program_layers")
load("//tools/image/private:publishing.bzl", "image_push")
load("//tools/image/private:referrers.bzl", "image_bom")
load("//tools/testing:defs.bzl", "pytest_test")

# The user that base images call `nonroot`; by number, so that a cluster can see that it isn't root.
_USER = "65532:65532"

_IMAGE_TEST = Label("//tools/image/testing/tests:test_image.py")

_ENV = {
    "LANG": "C.UTF-8",
    "PATH": "/opt/venv/bin:/usr/local/bin:/usr/bin:/bin",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONSAFEPATH": "1",
    "PYTHONUNBUFFERED": "1",
    "RUNFILES_DIR": "/opt/runfiles",
    "SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt",
    "VIRTUAL_ENV": "/opt/venv",
}

def _run(image, args, tags, visibility):
    """Declares the program that boots an image under bubblewrap."""
    native_binary(
        name = image + ".run",
        src = "//tools/image/boot:program",
        out = image + ".run",
        args = [
            "--bwrap=$(rootpath @host_tools//:bwrap)",
            "--image=$(rootpath {})".format(image),
        ] + args,
        data = [
            image,
            "@host_tools//:bwrap",
        ],
        tags = tags,
        visibility = visibility,
    )

def py_image(
        name,
        binary,
        base = "//tools/image:base",
        cmd = None,
        compression = "gzip",
        entrypoint = [],
        env = {},
        exposed_ports = None,
        labels = {},
        most_megabytes = 100,
        start_args = [],
        unchecked = {},
        tags = [],
        visibility = None):
    """Declares the image of a program, and what a person does with it.

    Besides the image: `NAME.load` gives it to Docker or Podman, `NAME.run` boots it under bubblewrap, `NAME.debug` is
    it with a shell, which `NAME.debug.run` starts, `NAME.sbom` its bill of materials. `push`, for an image of the name `image`, sends it to a
    registry; the name of another image ends in "image", which "push" replaces. `NAME_test` checks the image against what every
    image must be like, starts its command and imports its first-party modules.

    Args:
      name: the image's target: `image`, or a name that ends so.
      binary: the program: a `py_binary`.
      base: the image that the layers lie on.
      cmd: arguments that a user of the image can replace.
      compression: `gzip` or `zstd`.
      entrypoint: the whole command to start; by default the program's module, by the venv's interpreter. A bare name
        is looked up along the image's `PATH`.
      env: environment besides the defaults, which it may replace.
      exposed_ports: ports that are listened on, such as `8080/tcp`.
      labels: labels of the image; nothing that changes with a commit.
      most_megabytes: how large the image may be, compressed, in millions of bytes.
      start_args: arguments that the test adds to the command where it doesn't start without, such as `["--help"]`.
      unchecked: first-party files, by their path from the root, that the test neither imports nor takes for programs, each
        with the reason; `entrypoint` stands for the command, which then isn't started.
      tags: tags of every target; `no-push` keeps the image out of `push_all`.
      visibility: who may use the image.
    """
    check_arguments(name, cmd, env, exposed_ports, labels)
    layers = name + "_layers"
    private = ["//visibility:private"]
    tags = tags + ["no-cov"]
    program_layers(
        name = layers,
        base = base,
        binary = binary,
        compression = compression,
        entrypoint = entrypoint,
        env = env.keys(),
        has_command = bool(cmd or entrypoint),
        large = ["//tools/image/layers:" + distribution for distribution in LARGE_DISTRIBUTIONS],
        tags = tags,
        visibility = ["//tools/image:__subpackages__"],
    )
    native.filegroup(
        name = name + "_entrypoint",
        srcs = [layers],
        output_group = "entrypoint",
        tags = tags,
        visibility = private,
    )
    oci_image(
        name = name,
        base = base,
        cmd = cmd,
        entrypoint = name + "_entrypoint",
        env = _ENV | env,
        exposed_ports = exposed_ports,
        labels = labels or None,
        tags = tags,
        tars = [layers],
        user = _USER,
        visibility = visibility,
        workdir = "/app",
    )
    oci_load(
        name = name + ".load",
        image = name,
        repo_tags = ["{}:dev".format(native.package_name())],
        tags = tags,
        visibility = visibility,
    )
    _run(name, [], tags, visibility)
    debug_layer(
        name = name + "_debug_layer",
        tags = tags,
        visibility = private,
    )
    oci_image(
        name = name + ".debug",
        base = name,
        env = {"PATH": "$PATH:/busybox"},
        tags = tags,
        tars = [name + "_debug_layer"],
        visibility = visibility,
    )
    _run(name + ".debug", ["--default-command=/busybox/sh"], tags, visibility)
    image_bom(
        name = name + ".sbom",
        out = name + ".sbom.json",
        base = base,
        layers = layers,
        tags = tags,
        visibility = visibility,
    )
    image_push(
        name = push_name(name),
        base = base,
        image = name,
        tags = tags,
        visibility = visibility,
    )
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
        srcs = [_IMAGE_TEST],
        data = [
            name,
            name + "_runfiles",
            "@host_tools//:bwrap",
        ],
        env = {
            "BWRAP": "$(rootpath @host_tools//:bwrap)",
            "IMAGE": "$(rootpath {})".format(name),
            "MOST_MEGABYTES": str(most_megabytes),
            "RUNFILES": "$(rootpath {}_runfiles)".format(name),
            "START_ARGS": json.encode(start_args),
            "UNCHECKED": json.encode(unchecked),
        },
        tags = tags + ["requires-user-namespaces"],
        visibility = private,
        deps = ["//tools/image/testing/tests:test_image"],
    )
