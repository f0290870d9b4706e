"""Turns a Python program into an image: ordered, reproducible layers that services share."""

load("@rules_oci//oci:defs.bzl", "oci_image")
load("//:settings.bzl", "IMAGE_PLATFORMS", "LICENCE")
load("//tools/image/private:arguments.bzl", "check_arguments")
load("//tools/image/private:commands.bzl", "image_debug", "image_load", "image_run", "image_test")
load("//tools/image/private:platforms.bzl", "checked_platforms")
load("//tools/image/private:program_layers.bzl", "program_layers")
load("//tools/image/private:publishing.bzl", "image_plan", "image_push")

# The user that base images call `nonroot`; by number, so that a cluster can see that it isn't root.
_USER = "65532:65532"

# Of the code that is in no distribution; the bill of materials says the same.
_LICENCES = "org.opencontainers.image.licenses"

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

def _entrypoint(name, layers, tags):
    native.filegroup(
        name = name + "_entrypoint",
        srcs = [layers],
        output_group = "entrypoint",
        tags = tags,
        visibility = ["//visibility:private"],
    )
    return name + "_entrypoint"

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
        platforms = IMAGE_PLATFORMS,
        start_args = [],
        unchecked = {},
        tags = [],
        visibility = None):
    """Declares the image of a program, and what a person does with it.

    Besides the image: `NAME.load` gives it to Docker or Podman, `NAME.run` boots it under bubblewrap, `NAME.debug` is
    it with a shell, which `NAME.debug.run` starts, `NAME.sbom` its bill of materials. All of these are for this machine's
    platform. `NAME.push` sends an index of the image for each platform, `NAME_index`, to a registry; of an image that is
    called `image`, that is `push`. `NAME_test` checks the image against what every image
    must be like, starts its command and imports its first-party modules.

    Args:
      name: the image's target; where it isn't `image`, it is also the end of its name in a registry.
      binary: the program: a `py_binary`.
      base: the image that the layers lie on.
      cmd: arguments that a user of the image can replace.
      compression: `gzip` or `zstd`.
      entrypoint: the whole command to start; by default the program's module, by the venv's interpreter. A bare name
        is looked up along the image's `PATH`.
      env: environment besides the defaults, which it may replace.
      exposed_ports: ports that are listened on, such as `8080/tcp`.
      labels: labels of the image besides its licence, which they may replace; nothing that changes with a commit.
      most_megabytes: how large the image may be, compressed, in millions of bytes.
      platforms: what a push sends is for these; by default for those that `settings.bzl` names, and where this is empty,
        for this machine's own. `NAME_linux_arm64` is the image for one of them.
      start_args: arguments that the test adds to the command where it doesn't start without, such as `["--help"]`.
      unchecked: first-party files, by their path from the root, that the test neither imports nor takes for programs, each
        with the reason; `entrypoint` stands for the command, which then isn't started.
      tags: tags of every target; `no-push` keeps the image out of `push_all`.
      visibility: who may use the image.
    """
    check_arguments(native.package_name(), name, cmd, env, exposed_ports, labels)
    checked_platforms("//{}:{}".format(native.package_name(), name), platforms)
    all_labels = {_LICENCES: LICENCE} | labels
    layers = name + "_layers"
    common = {"tags": tags + ["no-cov"], "visibility": visibility}
    program_layers(
        name = layers,
        base = base,
        binary = binary,
        compression = compression,
        entrypoint = entrypoint,
        env = env.keys(),
        has_command = bool(cmd or entrypoint),
        tags = common["tags"],
        visibility = ["//tools/image:__subpackages__"],
    )
    oci_image(
        name = name,
        base = base,
        cmd = cmd,
        entrypoint = _entrypoint(name, layers, common["tags"]),
        env = _ENV | env,
        exposed_ports = exposed_ports,
        labels = all_labels,
        tars = [layers],
        user = _USER,
        workdir = "/app",
        **common
    )
    image_load(name, **common)
    image_run(name, **common)
    image_debug(name, **common)
    parts = image_plan(name, base, layers, all_labels[_LICENCES], platforms, **common)
    image_push(name, parts, tags = common["tags"] + (["manual"] if platforms else []), visibility = visibility)
    image_test(name, layers, most_megabytes, start_args, unchecked, common["tags"])
