"""The public rules: each macro also takes plain lists and dicts where the rule takes a file."""

load("@bazel_skylib//rules:write_file.bzl", "write_file")
load("//oci/private:image.bzl", _oci_image = "oci_image")
load("//oci/private:image_index.bzl", _oci_image_index = "oci_image_index")
load("//oci/private:load.bzl", _oci_load = "oci_load")
load("//oci/private:push.bzl", _oci_push = "oci_push")

oci_image_rule = _oci_image
oci_image_index_rule = _oci_image_index
oci_tarball_rule = _oci_load
oci_push_rule = _oci_push

# What a child target takes over from the target it belongs to.
_COMMON = [
    "compatible_with",
    "exec_compatible_with",
    "exec_properties",
    "features",
    "restricted_to",
    "tags",
    "target_compatible_with",
    "testonly",
    "visibility",
]

def _common(kwargs):
    return {name: kwargs[name] for name in _COMMON if name in kwargs}

def _written(name, kind, lines, common):
    child = "{}_write_{}".format(name, kind)
    write_file(
        name = child,
        out = "{}.{}.txt".format(name, kind),
        content = lines,
        **common
    )
    return child

def _one_a_line(name, kind, value, common):
    if type(value) != "list":
        return value
    return _written(name, kind, [item.replace("\n", "%5Cn") for item in value], common)

def _comma_separated(name, kind, value, common):
    if type(value) != "list":
        return value
    return _written(name, kind, [",".join(value)], common)

def _pairs(name, kind, value, common):
    if type(value) != "dict":
        return value
    return _written(name, kind, ["{}={}".format(key, it) for key, it in value.items()], common)

def _digest(name, common):
    native.filegroup(
        name = name + ".digest",
        srcs = [name],
        output_group = "digest",
        **common
    )

def oci_image(
        name,
        created = None,
        labels = None,
        annotations = None,
        env = None,
        cmd = None,
        entrypoint = None,
        exposed_ports = None,
        volumes = None,
        **kwargs):
    """Assembles an image, and `NAME.digest`: a file with its digest.

    Args:
      name: the image's target.
      created: a file with the time of creation.
      labels: a dict, or a file of `name=value` lines.
      annotations: a dict, or a file of `name=value` lines.
      env: a dict, or a file of `NAME=value` lines.
      cmd: a list, or a file with one argument a line.
      entrypoint: a list, or a file with one word a line.
      exposed_ports: a list, or a file of ports between commas.
      volumes: a list, or a file of paths between commas.
      **kwargs: the other attributes of `oci_image_rule`.
    """
    common = _common(kwargs)
    oci_image_rule(
        name = name,
        annotations = _pairs(name, "annotations", annotations, common),
        cmd = _one_a_line(name, "cmd", cmd, common),
        created = created,
        entrypoint = _one_a_line(name, "entrypoint", entrypoint, common),
        env = _pairs(name, "env", env, common),
        exposed_ports = _comma_separated(name, "exposed_ports", exposed_ports, common),
        labels = _pairs(name, "labels", labels, common),
        volumes = _comma_separated(name, "volumes", volumes, common),
        **kwargs
    )
    _digest(name, common)

def oci_image_index(name, **kwargs):
    """Makes an index over images, and `NAME.digest`: a file with its digest.

    Args:
      name: the index's target.
      **kwargs: the other attributes of `oci_image_index_rule`.
    """
    oci_image_index_rule(name = name, **kwargs)
    _digest(name, _common(kwargs))

def oci_load(name, repo_tags = None, **kwargs):
    """Loads an image into the container engine of this machine by `bazel run`.

    Args:
      name: the target to run.
      repo_tags: a list of `repository:tag`, or a file with one a line.
      **kwargs: the other attributes of `oci_tarball_rule`.
    """
    if type(repo_tags) == "list":
        repo_tags = _written(name, "tags", repo_tags, _common(kwargs))
    oci_tarball_rule(name = name, repo_tags = repo_tags, **kwargs)

def oci_push(name, remote_tags = None, **kwargs):
    """Sends an image to a registry by `bazel run`.

    Args:
      name: the target to run.
      remote_tags: a list of tags, or a file with one a line.
      **kwargs: the other attributes of `oci_push_rule`.
    """
    if type(remote_tags) == "list":
        remote_tags = _written(name, "tags", remote_tags, _common(kwargs))
    oci_push_rule(name = name, remote_tags = remote_tags, **kwargs)
