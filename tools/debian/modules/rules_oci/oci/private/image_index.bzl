"""Combines images of several platforms into one index."""

load(":program.bzl", "PROGRAM_ATTRS", "run_program")

def _oci_image_index_impl(ctx):
    output = ctx.actions.declare_directory(ctx.label.name)
    digest = ctx.actions.declare_file(ctx.label.name + ".json.sha256")
    args = ctx.actions.args()
    args.add("--output=" + output.path)
    args.add(digest, format = "--digest=%s")
    args.add_all(ctx.files.images, format_each = "--image=%s", expand_directories = False)
    images = [image[DefaultInfo] for image in ctx.attr.images]
    linked = depset(transitive = [image.files for image in images] + [image.default_runfiles.files for image in images])
    run_program(
        ctx,
        "combine.py",
        args,
        inputs = linked,
        outputs = [output, digest],
        mnemonic = "OCIIndex",
        progress_message = "OCI Index %{label}",
    )
    return [
        DefaultInfo(files = depset([output]), runfiles = ctx.runfiles(transitive_files = linked)),
        OutputGroupInfo(digest = depset([digest])),
    ]

oci_image_index = rule(
    implementation = _oci_image_index_impl,
    doc = "Makes an index over images as an OCI layout folder. Most users want the macro of `defs.bzl`.",
    attrs = PROGRAM_ATTRS | {
        "images": attr.label_list(
            doc = "The images, one for each platform; each says itself which it is for.",
            mandatory = True,
        ),
    },
)
