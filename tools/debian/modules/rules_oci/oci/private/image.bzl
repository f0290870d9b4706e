"""Assembles one image from layers and settings."""

load(":program.bzl", "PROGRAM_ATTRS", "run_program")

_LAYER_SUFFIXES = [".tar", ".tar.gz", ".tgz", ".tar.zst", ".tzst"]
_FILE_SETTINGS = [
    "created",
    "entrypoint",
    "cmd",
    "exposed_ports",
    "volumes",
    "env",
    "labels",
    "annotations",
]
_TEXT_SETTINGS = ["user", "workdir"]
_PLATFORM = ["os", "architecture", "variant"]

def _check_platform(ctx):
    named = [name for name in _PLATFORM if getattr(ctx.attr, name)]
    if ctx.attr.base and named:
        fail("{} has a base and also says {}: an image is for its base's platform.\nFix: remove {}.".format(
            ctx.label,
            ", ".join(named),
            ", ".join(named),
        ))
    missing = [name for name in _PLATFORM[:2] if name not in named]
    if not ctx.attr.base and missing:
        fail('{} has no base and doesn\'t say {}.\nFix: add os = "linux" and architecture = "amd64", or a base.'.format(
            ctx.label,
            " and ".join(missing),
        ))

def _describe_layer(ctx, position, layer):
    description = ctx.actions.declare_file("{}.{}.descriptor.json".format(ctx.label.name, position))
    args = ctx.actions.args()
    args.add(layer)
    args.add(description)
    args.add(layer.owner)
    run_program(
        ctx,
        "describe.py",
        args,
        inputs = [layer],
        outputs = [description],
        mnemonic = "OCIDescriptor",
        progress_message = "OCI Descriptor %{input}",
    )
    return description

def _add_settings(ctx, args):
    inputs = []
    for name in _FILE_SETTINGS:
        file = getattr(ctx.file, name)
        if file:
            args.add(file, format = "--{}=%s".format(name))
            inputs.append(file)
    for name in _TEXT_SETTINGS + _PLATFORM:
        value = getattr(ctx.attr, name)
        if value:
            args.add(value, format = "--{}=%s".format(name))
    return inputs

def _oci_image_impl(ctx):
    _check_platform(ctx)
    output = ctx.actions.declare_directory(ctx.label.name)

    # The name that the public macro gives this file.
    digest = ctx.actions.declare_file(ctx.label.name + ".json.sha256")
    args = ctx.actions.args()
    args.add("--output=" + output.path)
    args.add(digest, format = "--digest=%s")

    # The blobs of layers are links to these: whoever reads the folder needs them too.
    linked = [depset(ctx.files.tars)]
    if ctx.attr.base:
        args.add("--base=" + ctx.file.base.path)
        base = ctx.attr.base[DefaultInfo]
        linked += [base.files, base.default_runfiles.files]
    inputs = _add_settings(ctx, args)
    for position, layer in enumerate(ctx.files.tars):
        description = _describe_layer(ctx, position, layer)
        args.add_all("--layer", [layer, description])
        inputs.append(description)
    run_program(
        ctx,
        "assemble.py",
        args,
        inputs = depset(inputs, transitive = linked),
        outputs = [output, digest],
        mnemonic = "OCIImage",
        progress_message = "OCI Image %{label}",
    )
    return [
        DefaultInfo(
            files = depset([output]),
            runfiles = ctx.runfiles(transitive_files = depset(transitive = linked)),
        ),
        OutputGroupInfo(digest = depset([digest])),
    ]

def _setting(doc):
    return attr.label(allow_single_file = True, doc = doc)

oci_image = rule(
    implementation = _oci_image_impl,
    doc = "Assembles an image as an OCI layout folder. Most users want the macro of `defs.bzl`.",
    attrs = PROGRAM_ATTRS | {
        "annotations": _setting("Added to the manifest's annotations: a file of `name=value` lines."),
        "architecture": attr.string(doc = "The processor, in Go's words (`amd64`). Comes from the base where there is one."),
        "base": _setting("The image to continue: its layers stay below, its settings stay where nothing is said here."),
        "cmd": _setting("The default arguments: a file with one a line."),
        "created": _setting("The time of creation: a file that is taken as it is. The base's, else 1970, by default."),
        "entrypoint": _setting("The command to start: a file with one word a line. Takes the base's `cmd` away."),
        "env": _setting("The environment: a file of `NAME=value` lines, in which `$NAME` stands for what was before."),
        "exposed_ports": _setting("The ports that are listened on: a file of `8080/tcp` between commas."),
        "labels": _setting("Added to the configuration's labels: a file of `name=value` lines."),
        "os": attr.string(doc = "The operating system, in Go's words (`linux`). Comes from the base where there is one."),
        "resource_set": attr.string(
            default = "default",
            doc = "Accepted for the public rule's sake; assembling takes one light process here, whatever it says.",
        ),
        "tars": attr.label_list(
            allow_files = _LAYER_SUFFIXES,
            doc = "The layers, lowest first; plain, gzip or zstd.",
        ),
        "user": attr.string(doc = "The user that the entrypoint runs as: `name`, `uid` or `uid:gid`."),
        "variant": attr.string(doc = "The processor's variant (`v8`). Comes from the base where there is one."),
        "volumes": _setting("The folders that hold data: a file of paths between commas."),
        "workdir": attr.string(doc = "The folder that the entrypoint starts in."),
    },
)
