"""Turns a Python program into an image: ordered, reproducible layers that services share."""

load("@rules_oci//oci:defs.bzl", "oci_image")
load("//tools/image:layers.bzl", "LARGE_DISTRIBUTIONS")
load("//tools/image/private:program_layers.bzl", "program_layers")

# The user that base images call `nonroot`; by number, so that a cluster can see that it isn't root.
_USER = "65532:65532"

_ENV = {
    "LANG": "C.UTF-8",
    "PATH": "/opt/venv/bin:/usr/local/bin:/usr/bin:/bin",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUNBUFFERED": "1",
    "SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt",
    "VIRTUAL_ENV": "/opt/venv",
}

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
        tags = [],
        visibility = None):
    """Declares the image of a program.

    Args:
      name: the image's target.
      binary: the program: a `py_binary`.
      base: the image that the layers lie on.
      cmd: arguments that a user of the image can replace.
      compression: `gzip` or `zstd`.
      entrypoint: the command to start; by default the program's module, by the venv's interpreter.
      env: environment besides the defaults, which it may replace.
      exposed_ports: ports that are listened on, such as `8080/tcp`.
      labels: labels of the image; nothing that changes with a commit.
      tags: tags of every target.
      visibility: who may use the image.
    """
    layers = name + "_layers"
    private = ["//visibility:private"]
    tags = tags + ["no-cov"]
    program_layers(
        name = layers,
        base = base,
        binary = binary,
        compression = compression,
        entrypoint = entrypoint,
        large = ["//tools/image/layers:" + distribution for distribution in LARGE_DISTRIBUTIONS],
        tags = tags,
        visibility = private,
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
