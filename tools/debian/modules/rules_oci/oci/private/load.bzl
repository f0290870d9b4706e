"""Loads an image into a container engine on this machine."""

load(":program.bzl", "PROGRAM_ATTRS", "launcher", "run_program", "runfile_path")

def _oci_load_impl(ctx):
    image = ctx.file.image
    tags = ctx.file.repo_tags
    archive = ctx.actions.declare_file("{}/tarball.tar".format(ctx.label.name))
    args = ctx.actions.args()
    args.add("--image=" + image.path)
    args.add(tags, format = "--repo_tags=%s")
    args.add(ctx.attr.format, format = "--format=%s")
    args.add(archive, format = "--output=%s")
    linked = ctx.attr.image[DefaultInfo].default_runfiles

    # As large as all layers together: made only where the output group is asked for.
    run_program(
        ctx,
        "load.py",
        args,
        inputs = depset([image, tags], transitive = [linked.files]),
        outputs = [archive],
        mnemonic = "OCITarball",
        progress_message = "OCI Tarball %{label}",
    )
    values = {
        "format": ctx.attr.format,
        "image": runfile_path(ctx, image),
        "label": str(ctx.label).lstrip("@"),
        "loader": runfile_path(ctx, ctx.executable.loader),
        "repo_tags": runfile_path(ctx, tags),
    }
    runfiles = [ctx.runfiles([image, tags]), linked]
    if ctx.attr.loader:
        runfiles += [ctx.runfiles([ctx.executable.loader]), ctx.attr.loader[DefaultInfo].default_runfiles]
    return [
        launcher(ctx, ctx.file._program, values, runfiles),
        OutputGroupInfo(tarball = depset([archive])),
    ]

oci_load = rule(
    implementation = _oci_load_impl,
    doc = "Loads an image by `bazel run`. Most users want the macro of `defs.bzl`.",
    executable = True,
    attrs = PROGRAM_ATTRS | {
        "format": attr.string(
            default = "docker",
            doc = "The form of the archive: `docker` for an image, `oci` for an index.",
            values = ["docker", "oci"],
        ),
        "image": attr.label(
            allow_single_file = True,
            doc = "The oci_image or oci_image_index to load.",
            mandatory = True,
        ),
        "loader": attr.label(
            allow_files = True,
            cfg = "target",
            doc = "The program to load with. By default the first of docker, podman and nerdctl on the PATH.",
            executable = True,
        ),
        "repo_tags": attr.label(
            allow_single_file = [".txt"],
            doc = "The names that the image gets: a file of `repository:tag` lines.",
            mandatory = True,
        ),
        "_program": attr.label(
            allow_single_file = True,
            default = "//oci/private:load.py",
            doc = "The program behind the target.",
        ),
    },
)
