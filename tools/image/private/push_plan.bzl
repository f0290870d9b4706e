"""What a push sends besides the image, and the plan by which `push_all` decides without fetching a layer."""

load("@bazel_skylib//rules:common_settings.bzl", "BuildSettingInfo")
load("//tools/py_action:defs.bzl", "run_py_action")
load(":layer_actions.bzl", "ImageLayersInfo", "label_text")

# What a push sends, in order, as it follows the image's name in names of targets: the image, then what refers to it.
PARTS = ["", "_bom", "_provenance"]

def _run(ctx, words, inputs, outputs, message):
    """Declares an action of the one program behind this rule."""
    args = ctx.actions.args()
    args.add_all(words, expand_directories = False)
    run_py_action(
        ctx,
        ctx.attr._program,
        args,
        inputs,
        outputs,
        mnemonic = "ImagePushPlan",
        progress_message = message + " %{label}",
    )

def _subject(ctx):
    output = ctx.actions.declare_file(ctx.label.name + "/subject.json")
    words = ["subject", "--image", ctx.file.image, "--base", ctx.file.base, "--output", output]
    inputs = depset(transitive = [ctx.attr.image[DefaultInfo].files, ctx.attr.base[DefaultInfo].files])
    _run(ctx, words, inputs, [output], "Describing the image of")
    return output

def _bom(ctx):
    output = ctx.outputs.sbom
    indexes = ctx.attr.layers[OutputGroupInfo].indexes
    words = ["bom", "--name", ctx.label.package, "--base", ctx.file.base, "--output", output]
    words += ["--licence", ctx.attr.licence, "--policy", ctx.file._policy]
    for folder in ctx.attr.layers[ImageLayersInfo].folders:
        words += ["--first-party", folder]
    inputs = depset([ctx.file._policy], transitive = [indexes, ctx.attr.base[DefaultInfo].files])
    _run(ctx, words + indexes.to_list(), inputs, [output], "Billing the materials of")
    return output

def checked_registry(value, _fail = fail):
    """Fails for a registry that a client would take for another.

    Args:
      value: the registry, and a prefix if it has one.
      _fail: `fail`, but in tests.

    Returns:
      The registry without a slash at its end.
    """
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
    return _fail("--//tools/image:registry={}: {}. Fix: name HOST or HOST/PREFIX, such as registry.example.com/team.".format(
        value,
        problem,
    ))

def _repository(ctx):
    registry = checked_registry(ctx.attr._registry[BuildSettingInfo].value)
    return "{}/{}".format(registry, ctx.attr.repository.lower())

def _plan(ctx, repository, subject, bom):
    """Declares the action that writes the artifacts and the plan; returns its outputs."""
    name = ctx.label.name
    image = label_text(ctx.attr.image.label)
    output = struct(
        bom = ctx.actions.declare_directory(name + "/bom"),
        plan = ctx.actions.declare_file(name + ".json"),
        provenance = ctx.actions.declare_directory(name + "/provenance"),
        tags = ctx.actions.declare_file(name + "/tags.txt"),
    )
    words = ["plan", "--image", image, "--repository", repository, "--subject", subject, "--bom", bom]
    words += ["--output", output.plan, "--tags", output.tags]
    words += ["--artifact", output.bom, "--artifact", output.provenance]
    for part in PARTS:
        words += ["--part", image + part]
    inputs = [subject, bom]
    if ctx.attr.stamped:
        words += ["--status", ctx.info_file]
        inputs.append(ctx.info_file)
    outputs = [output.bom, output.plan, output.provenance, output.tags]
    _run(ctx, words, inputs, outputs, "Planning the push of")
    return output

def _push_plan_impl(ctx):
    repository = _repository(ctx)
    repository_file = ctx.actions.declare_file(ctx.label.name + "/repository.txt")
    ctx.actions.write(repository_file, repository + "\n")
    bom = _bom(ctx)
    output = _plan(ctx, repository, _subject(ctx), bom)
    return [
        DefaultInfo(files = depset([output.plan])),
        OutputGroupInfo(
            bom = depset([output.bom]),
            provenance = depset([output.provenance]),
            repository = depset([repository_file]),
            sbom = depset([bom]),
            tags = depset([output.tags]),
        ),
    ]

push_plan = rule(
    doc = "Writes an image's bill of materials and provenance, as artifacts that refer to it, and what a push of it sends.",
    implementation = _push_plan_impl,
    attrs = {
        "base": attr.label(allow_single_file = True, doc = "The image's base.", mandatory = True),
        "image": attr.label(allow_single_file = True, doc = "The image.", mandatory = True),
        "layers": attr.label(doc = "The image's `program_layers`.", mandatory = True, providers = [ImageLayersInfo]),
        "licence": attr.string(doc = "The licence of first-party code, by SPDX.", mandatory = True),
        "repository": attr.string(doc = "The image's name below the registry.", mandatory = True),
        "sbom": attr.output(doc = "The bill of materials, as CycloneDX.", mandatory = True),
        "stamped": attr.bool(doc = "Whether the build is stamped: then the commit is named. By default it isn't."),
        "_policy": attr.label(
            allow_single_file = True,
            default = "//:audit.toml",
            doc = "The licences of distributions that don't name them.",
        ),
        "_program": attr.label(
            cfg = "exec",
            default = "//tools/image/attest:program",
            doc = "The program that writes all of it.",
        ),
        "_registry": attr.label(default = "//tools/image:registry", doc = "The registry, and a prefix if it has one."),
    },
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
