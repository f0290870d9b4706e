"""What a push sends besides the image, and the plan by which `push_all` decides without fetching a layer."""

load("@bazel_skylib//rules:common_settings.bzl", "BuildSettingInfo")
load("//tools/py_action:defs.bzl", "run_py_action")
load(":layer_actions.bzl", "ImageLayersInfo", "label_text")

# What refers to the image of each platform, as it follows its name in names of targets.
DOCUMENTS = ["bom", "provenance"]

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

def _image_facts_impl(ctx):
    bom = _bom(ctx)
    return [
        DefaultInfo(files = depset([bom])),
        OutputGroupInfo(
            bom = depset([bom]),
            subject = depset([_subject(ctx)]),
        ),
    ]

image_facts = rule(
    doc = "Writes the bill of materials of one platform's image, and what else is said of it.",
    implementation = _image_facts_impl,
    attrs = {
        "base": attr.label(allow_single_file = True, doc = "The image's base.", mandatory = True),
        "image": attr.label(allow_single_file = True, doc = "The image.", mandatory = True),
        "layers": attr.label(doc = "The image's `program_layers`.", mandatory = True, providers = [ImageLayersInfo]),
        "licence": attr.string(doc = "The licence of first-party code, by SPDX.", mandatory = True),
        "sbom": attr.output(doc = "The bill of materials, as CycloneDX.", mandatory = True),
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
    },
)

def _plan(ctx, repository):
    """Declares the action that writes the artifacts and the plan; returns its outputs, the artifacts by output group."""
    name = ctx.label.name
    words = ["plan", "--image", ctx.attr.image, "--repository", repository]
    inputs = []
    artifacts = {}
    parts = [label_text(ctx.attr.pushed.label)]
    for facts in ctx.attr.facts:
        known = facts[OutputGroupInfo]
        inputs += known.subject.to_list() + known.bom.to_list()
        words += ["--subject"] + known.subject.to_list() + ["--bom"] + known.bom.to_list()
        begin = facts.label.name.removesuffix("_facts")
        for document in DOCUMENTS:
            part = "{}_{}".format(begin, document)
            artifacts[part] = ctx.actions.declare_directory("{}/{}".format(name, part))
            parts.append("//{}:{}".format(ctx.label.package, part))
    plan = ctx.actions.declare_file(name + ".json")
    tags = ctx.actions.declare_file(name + "/tags.txt")
    words += ["--digest", ctx.file.digest, "--output", plan, "--tags", tags]
    for artifact in artifacts.values():
        words += ["--artifact", artifact]
    for part in parts:
        words += ["--part", part]
    if ctx.attr.stamped:
        words += ["--status", ctx.info_file]
        inputs.append(ctx.info_file)
    _run(ctx, words, inputs + [ctx.file.digest], artifacts.values() + [plan, tags], "Planning the push of")
    return struct(artifacts = artifacts, plan = plan, tags = tags)

def _push_plan_impl(ctx):
    repository = _repository(ctx)
    repository_file = ctx.actions.declare_file(ctx.label.name + "/repository.txt")
    ctx.actions.write(repository_file, repository + "\n")
    output = _plan(ctx, repository)
    return [
        DefaultInfo(files = depset([output.plan])),
        OutputGroupInfo(
            repository = depset([repository_file]),
            tags = depset([output.tags]),
            **{name: depset([artifact]) for name, artifact in output.artifacts.items()}
        ),
    ]

push_plan = rule(
    doc = "Writes what is said of an image as artifacts that refer to it, of each platform's, and what a push of it sends.",
    implementation = _push_plan_impl,
    attrs = {
        "digest": attr.label(allow_single_file = True, doc = "The digest of what is pushed.", mandatory = True),
        "facts": attr.label_list(doc = "The `image_facts` of each platform's image.", mandatory = True),
        "image": attr.string(doc = "The image's label.", mandatory = True),
        "pushed": attr.label(doc = "What is pushed: an index, or the one image.", mandatory = True),
        "repository": attr.string(doc = "The image's name below the registry.", mandatory = True),
        "stamped": attr.bool(doc = "Whether the build is stamped: then the commit is named. By default it isn't."),
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
