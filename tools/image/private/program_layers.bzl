"""The layers of one program, from the interpreter to its own code."""

load("@bazel_skylib//lib:paths.bzl", "paths")
load("@rules_python//python:py_info.bzl", "PyInfo")
load("//tools/closure:defs.bzl", "PyClosureInfo", "py_closure")
load("//tools/image:layers.bzl", "TESTS_KEPT")
load(
    ":layer.bzl",
    "COMPRESSIONS",
    "ImageLayersInfo",
    "LAYER_ATTRS",
    "LayerInfo",
    "add_distribution",
    "add_first_party",
    "label_text",
    "manifest_args",
    "run_program",
    "write_layer",
)
load(":shared_layers.bzl", "distribution_key")

# What runtimes take: overlayfs stops at 128, and engines keep some for themselves.
_MOST_LAYERS = 100

def _folder(label):
    """Returns the folder that a target's layer is named after: a project such as `libs/ml`."""
    return "/".join(label.package.split("/")[:2])

def _check_origin(ctx, closure):
    """Fails for Python code that is neither first-party nor a locked distribution: it would be lost."""
    known = {it.label.repo_name: None for it in closure.distributions.to_list()}
    strange = {}
    for file in ctx.attr.binary[PyInfo].transitive_sources.to_list():
        repository = file.owner.repo_name
        if repository and repository not in known:
            strange[str(file.owner)] = None
    if strange:
        fail("{} has Python code that is neither first-party nor a locked distribution: {}.\nFix: depend on a distribution of requirements.in instead.".format(
            label_text(ctx.attr.binary.label),
            ", ".join(sorted(strange)[:3]),
        ))

def _first_party(ctx, closure):
    """Returns the first-party files by folder, the program's own folder last."""
    own = _folder(ctx.attr.binary.label)
    folders = {}
    for sources in closure.transitive_sources.to_list():
        for file in sources.srcs + sources.data:
            if file.short_path.startswith("../"):
                fail("{} has {} in its data, a file of another repository, which has no place in an image.\nFix: copy it into the package by a rule of its own.".format(
                    label_text(sources.label),
                    file.short_path,
                ))
        folders.setdefault(_folder(sources.label), []).extend(sources.srcs + sources.data)
    names = sorted([name for name in folders if name != own]) + ([own] if own in folders else [])
    return {name: depset(folders[name]).to_list() for name in names}

def _import_roots(closure):
    roots = {}
    for sources in closure.transitive_sources.to_list():
        for root in sources.imports:
            path = paths.normalize(sources.label.package + "/" + root)
            if path != ".":
                roots[path] = None
    return sorted(roots)

def _small_layer(ctx, distributions):
    manifest = manifest_args(ctx)
    for distribution in distributions:
        add_distribution(manifest, distribution, distribution_key(distribution.name) in TESTS_KEPT)
    files = depset(transitive = [depset(it.files) for it in distributions])
    return write_layer(ctx, ctx.label.name + "/distributions", manifest, files, index = True)

def _first_party_layers(ctx, closure, folders):
    """Declares the layers of first-party code, the program's own last; it also has the import roots."""
    layers = []
    for position, (folder, files) in enumerate(folders.items()):
        manifest = manifest_args(ctx)
        add_first_party(manifest, files)
        last = position == len(folders) - 1
        layers.append(write_layer(
            ctx,
            # Below a folder of their own: one may be called `distributions`.
            "/".join([ctx.label.name, "app"] + ([folder] if folder else [])),
            manifest,
            depset(files),
            import_roots = _import_roots(closure) if last else [],
        ).layers)
    return layers

def _check(ctx, layers, indexes):
    """Declares the action that refuses layers that make no image, and gives the entrypoint."""
    entrypoint = ctx.actions.declare_file(ctx.label.name + "/entrypoint.txt")
    words = ctx.attr.entrypoint or ["/opt/venv/bin/python", "-m", ctx.attr.binary[PyClosureInfo].main]
    args = ctx.actions.args()
    args.add("--image", _image(ctx))
    args.add("--base", ctx.file.base.path)
    args.add("--layers", len(layers))
    args.add("--most-layers", _MOST_LAYERS)
    args.add("--entrypoint", entrypoint)
    args.add_all(words, format_each = "--word=%s")
    args.add_all(indexes)
    run_program(
        ctx,
        "tools/image/layer/check.py",
        [args],
        depset(indexes, transitive = [ctx.attr.base[DefaultInfo].files]),
        [entrypoint],
        mnemonic = "ImageCheck",
        progress_message = "Checking the layers of %{label}",
    )
    return entrypoint

def _check_table(ctx, index):
    """Declares the validation that the layer of small distributions is small."""
    valid = ctx.actions.declare_file(ctx.label.name + "/table.valid")
    args = ctx.actions.args()
    args.add("--image", _image(ctx))
    args.add("--output", valid)
    args.add("--small", index)
    run_program(
        ctx,
        "tools/image/layer/table.py",
        [args],
        depset([index]),
        [valid],
        mnemonic = "ImageTable",
        progress_message = "Weighing the small distributions of %{label}",
    )
    return valid

def _image(ctx):
    return label_text(ctx.label).removesuffix("_layers")

def _program_layers_impl(ctx):
    closure = ctx.attr.binary[PyClosureInfo]
    if not closure.main and not ctx.attr.entrypoint:
        fail("{} is no program: it starts no module.\nFix: name a py_binary.".format(label_text(ctx.attr.binary.label)))
    _check_origin(ctx, closure)
    distributions = {distribution_key(it.name): it for it in closure.distributions.to_list()}
    large = {it[LayerInfo].distribution: it[LayerInfo] for it in ctx.attr.large}
    shared = [ctx.attr.interpreter[LayerInfo]] + [large[name] for name in sorted(distributions) if name in large]
    small = [distributions[name] for name in sorted(distributions) if name not in large]

    layers = [info.layers for info in shared]
    indexes = [info.index for info in shared]
    validations = []
    if small:
        written = _small_layer(ctx, small)
        layers.append(written.layers)
        indexes.append(written.index)
        validations.append(_check_table(ctx, written.index))
    folders = _first_party(ctx, closure)
    layers += _first_party_layers(ctx, closure, folders)
    return [
        DefaultInfo(files = depset([it[ctx.attr.compression] for it in layers])),
        ImageLayersInfo(
            distributions = sorted(distributions),
            folders = folders.keys(),
        ),
        OutputGroupInfo(
            _validation = depset(validations),
            entrypoint = depset([_check(ctx, layers, indexes)]),
            indexes = depset(indexes),
        ),
    ]

program_layers = rule(
    doc = "Gives the layers of one program, in order, and the entrypoint of an image of them.",
    implementation = _program_layers_impl,
    attrs = {
        "base": attr.label(
            allow_single_file = True,
            doc = "The image that the layers come to lie on.",
            mandatory = True,
        ),
        "binary": attr.label(
            aspects = [py_closure],
            doc = "The program: a `py_binary`.",
            mandatory = True,
            providers = [PyInfo],
        ),
        "compression": attr.string(
            default = "gzip",
            doc = "How the layers are compressed.",
            values = COMPRESSIONS.keys(),
        ),
        "entrypoint": attr.string_list(
            doc = "The command to start. By default the venv's interpreter with the module of the program.",
        ),
        "interpreter": attr.label(
            default = "//tools/image/layers:interpreter",
            doc = "The layer of the interpreter.",
            providers = [LayerInfo],
        ),
        "large": attr.label_list(
            doc = "The layers of single distributions; those in the program's closure are taken.",
            providers = [LayerInfo],
        ),
    } | LAYER_ATTRS,
)
