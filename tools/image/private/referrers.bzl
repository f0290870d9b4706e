"""What is pushed beside an image: bill of materials, provenance, and the tags and place of a push."""

load("@bazel_skylib//rules:common_settings.bzl", "BuildSettingInfo")
load(":layer.bzl", "ImageLayersInfo", "LAYER_ATTRS", "run_program")

_BOM_TYPE = "application/vnd.cyclonedx+json"

def _status(ctx, args):
    """Adds the workspace's status where the build is stamped."""
    if not ctx.attr.stamped:
        return []
    args.add("--status", ctx.info_file)
    return [ctx.info_file]

_STAMPED = {
    "stamped": attr.bool(doc = "Whether the build is stamped: then the commit is named. By default it isn't."),
}

def _image_bom_impl(ctx):
    output = ctx.outputs.out
    layers = ctx.attr.layers[OutputGroupInfo]
    args = ctx.actions.args()
    args.add("--name", ctx.label.package)
    args.add("--base", ctx.file.base.path)
    args.add("--output", output)
    args.add_all(ctx.attr.layers[ImageLayersInfo].folders, before_each = "--first-party")
    args.add_all(layers.indexes)
    run_program(
        ctx,
        "tools/image/referrers/bom.py",
        [args],
        depset(transitive = [layers.indexes, ctx.attr.base[DefaultInfo].files]),
        [output],
        mnemonic = "ImageBom",
        progress_message = "Billing the materials of %{label}",
    )
    return [DefaultInfo(files = depset([output]))]

image_bom = rule(
    doc = "Writes an image's bill of materials as CycloneDX.",
    implementation = _image_bom_impl,
    attrs = {
        "base": attr.label(allow_single_file = True, doc = "The image's base.", mandatory = True),
        "layers": attr.label(doc = "The image's `program_layers`.", mandatory = True, providers = [ImageLayersInfo]),
        "out": attr.output(doc = "The document.", mandatory = True),
    } | LAYER_ATTRS,
)

def _image_subject_impl(ctx):
    output = ctx.actions.declare_file(ctx.label.name + ".json")
    args = ctx.actions.args()
    args.add("--image", ctx.file.image.path)
    args.add("--base", ctx.file.base.path)
    args.add("--output", output)
    run_program(
        ctx,
        "tools/image/referrers/subject.py",
        [args],
        depset(transitive = [ctx.attr.image[DefaultInfo].files, ctx.attr.base[DefaultInfo].files]),
        [output],
        mnemonic = "ImageSubject",
        progress_message = "Describing %{label}",
    )
    return [DefaultInfo(files = depset([output]))]

image_subject = rule(
    doc = "Writes how registries know an image, and its base's digest: all that statements say of layers.",
    implementation = _image_subject_impl,
    attrs = {
        "base": attr.label(allow_single_file = True, doc = "The image's base.", mandatory = True),
        "image": attr.label(allow_single_file = True, doc = "The image.", mandatory = True),
    } | LAYER_ATTRS,
)

def _write_referrer(ctx, program, args, inputs, **action):
    """Registers what writes an artifact, and its digest; returns the rule's providers."""
    output = ctx.actions.declare_directory(ctx.label.name)
    digest = ctx.actions.declare_file(ctx.label.name + ".digest")
    args.add("--subject", ctx.file.subject)
    args.add("--output", output.path)
    args.add("--digest", digest)
    run_program(ctx, program, [args], depset(inputs + [ctx.file.subject]), [output, digest], **action)
    return [
        DefaultInfo(files = depset([output])),
        OutputGroupInfo(digest = depset([digest])),
    ]

def _image_provenance_referrer_impl(ctx):
    args = ctx.actions.args()
    args.add("--target", ctx.attr.target)
    args.add("--bom", ctx.file.bom)
    return _write_referrer(
        ctx,
        "tools/image/referrers/provenance.py",
        args,
        [ctx.file.bom] + _status(ctx, args),
        mnemonic = "ImageProvenance",
        progress_message = "Stating the provenance of %{label}",
    )

image_provenance_referrer = rule(
    doc = "Writes where an image comes from, as an artifact that refers to it.",
    implementation = _image_provenance_referrer_impl,
    attrs = {
        "bom": attr.label(allow_single_file = True, doc = "The image's bill of materials.", mandatory = True),
        "subject": attr.label(allow_single_file = True, doc = "The image's `image_subject`.", mandatory = True),
        "target": attr.string(doc = "The image's label, as the statement names it.", mandatory = True),
    } | _STAMPED | LAYER_ATTRS,
)

def _image_bom_referrer_impl(ctx):
    args = ctx.actions.args()
    args.add("--document", ctx.file.document)
    args.add("--media-type", _BOM_TYPE)
    return _write_referrer(
        ctx,
        "tools/image/referrers/attach.py",
        args,
        [ctx.file.document],
        mnemonic = "ImageReferrer",
        progress_message = "Attaching %{label}",
    )

image_bom_referrer = rule(
    doc = "Wraps an image's bill of materials as an artifact that refers to the image.",
    implementation = _image_bom_referrer_impl,
    attrs = {
        "document": attr.label(allow_single_file = True, doc = "The bill of materials.", mandatory = True),
        "subject": attr.label(allow_single_file = True, doc = "The image's `image_subject`.", mandatory = True),
    } | LAYER_ATTRS,
)

def _checked_registry(value):
    """Returns a registry without a slash at its end; fails where a client would take it for another."""
    registry = value.rstrip("/")
    host = registry.partition("/")[0]
    if "://" in value:
        problem = "it has a scheme"
    elif registry != registry.lower():
        problem = "registries take lower case only"
    elif host != "localhost" and "." not in host and ":" not in host:
        problem = "that is no host, and a client would go to Docker Hub"
    else:
        return registry
    fail("--//tools/image:registry={}: {}. Fix: name HOST or HOST/PREFIX, such as registry.example.com/team.".format(
        value,
        problem,
    ))

def _push_destination_impl(ctx):
    repository = ctx.actions.declare_file(ctx.label.name + ".repository.txt")
    registry = _checked_registry(ctx.attr._registry[BuildSettingInfo].value)
    ctx.actions.write(repository, "{}/{}\n".format(registry, ctx.attr.repository.lower()))
    tags = ctx.actions.declare_file(ctx.label.name + ".tags.txt")
    args = ctx.actions.args()
    args.add("--output", tags)
    status = _status(ctx, args)
    run_program(
        ctx,
        "tools/image/referrers/tags.py",
        [args],
        depset(status),
        [tags],
        mnemonic = "ImageTags",
        progress_message = "Tagging %{label}",
    )
    return [
        DefaultInfo(files = depset([repository, tags])),
        OutputGroupInfo(repository = depset([repository]), tags = depset([tags])),
    ]

push_destination = rule(
    doc = "Writes where a push goes, and the tags it gives.",
    implementation = _push_destination_impl,
    attrs = {
        "repository": attr.string(doc = "The image's name below the registry.", mandatory = True),
        "_registry": attr.label(default = "//tools/image:registry", doc = "The registry, and a prefix if it has one."),
    } | _STAMPED | LAYER_ATTRS,
)
