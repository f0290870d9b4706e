"""Sends an image to a registry."""

load(":program.bzl", "PROGRAM_ATTRS", "launcher", "runfile_path")

def _check(ctx):
    if not ctx.file.image.is_directory:
        fail("{} has the image {}, which is no folder.\nFix: name an oci_image or an oci_image_index.".format(
            ctx.label,
            ctx.attr.image.label,
        ))
    name = ctx.attr.repository.rpartition("/")[2]
    if "@" in ctx.attr.repository or ":" in name:
        fail('{} has the repository "{}", which also names a tag or a digest.\nFix: leave it out of repository; tags go into remote_tags.'.format(
            ctx.label,
            ctx.attr.repository,
        ))

def _oci_push_impl(ctx):
    _check(ctx)
    values = {
        "image": runfile_path(ctx, ctx.file.image),
        "remote_tags": runfile_path(ctx, ctx.file.remote_tags),
        "repository": ctx.attr.repository,
    }
    files = [ctx.file.image]
    if ctx.attr.remote_tags:
        files.append(ctx.file.remote_tags)
    if ctx.attr.repository_file and not ctx.attr.repository:
        values["repository_file"] = runfile_path(ctx, ctx.file.repository_file)
        files.append(ctx.file.repository_file)
    runfiles = [ctx.runfiles(files), ctx.attr.image[DefaultInfo].default_runfiles]
    return launcher(ctx, ctx.file._program, values, runfiles)

oci_push = rule(
    implementation = _oci_push_impl,
    doc = "Pushes an image by `bazel run`. Most users want the macro of `defs.bzl`.",
    executable = True,
    attrs = PROGRAM_ATTRS | {
        "image": attr.label(
            allow_single_file = True,
            doc = "The oci_image or oci_image_index to push.",
            mandatory = True,
        ),
        "remote_tags": attr.label(
            allow_single_file = True,
            doc = "The tags that the pushed image gets: a file with one a line. By default none.",
        ),
        "repository": attr.string(
            doc = "Where to push to, as `HOST/NAME`. By default repository_file says it, else the command line.",
        ),
        "repository_file": attr.label(
            allow_single_file = True,
            doc = "The same in a file, so that it can be stamped.",
        ),
        "_program": attr.label(
            allow_single_file = True,
            default = "//oci/private:push.py",
            doc = "The program behind the target.",
        ),
    },
)
