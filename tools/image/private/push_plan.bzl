"""What a push would do, as small files: `push_all` decides by them, and fetches no layer in vain."""

load("@bazel_skylib//rules:common_settings.bzl", "BuildSettingInfo")
load(":layer.bzl", "LAYER_ATTRS", "run_program")

def _push_plan_impl(ctx):
    output = ctx.actions.declare_file(ctx.label.name + ".json")
    args = ctx.actions.args()
    args.add("--image", ctx.attr.target)
    args.add("--digest", ctx.file.digest)
    args.add("--repository", ctx.file.repository)
    args.add("--tags", ctx.file.push_tags)
    args.add("--output", output)
    referrers = depset(transitive = [it[OutputGroupInfo].digest for it in ctx.attr.referrers])
    args.add_all(referrers, before_each = "--referrer")
    run_program(
        ctx,
        "tools/image/referrers/plan.py",
        [args],
        depset([ctx.file.digest, ctx.file.repository, ctx.file.push_tags], transitive = [referrers]),
        [output],
        mnemonic = "ImagePushPlan",
        progress_message = "Planning the push of %{label}",
    )
    return [DefaultInfo(files = depset([output]))]

push_plan = rule(
    doc = "Writes an image's digest, and where a push of it goes.",
    implementation = _push_plan_impl,
    attrs = {
        "digest": attr.label(allow_single_file = True, doc = "The image's digest.", mandatory = True),
        "push_tags": attr.label(allow_single_file = True, doc = "The tags that a push gives.", mandatory = True),
        "referrers": attr.label_list(doc = "What refers to the image, in the order in which it is sent; by default nothing."),
        "repository": attr.label(allow_single_file = True, doc = "Where a push goes.", mandatory = True),
        "target": attr.string(doc = "The image's label.", mandatory = True),
    } | LAYER_ATTRS,
)

def _setting_file_impl(ctx):
    output = ctx.actions.declare_file(ctx.label.name + ".txt")
    ctx.actions.write(output, ctx.attr.setting[BuildSettingInfo].value + "\n")
    return [DefaultInfo(files = depset([output]), runfiles = ctx.runfiles([output]))]

setting_file = rule(
    doc = "Writes the value of a flag.",
    implementation = _setting_file_impl,
    attrs = {"setting": attr.label(doc = "The flag.", mandatory = True, providers = [BuildSettingInfo])},
)
