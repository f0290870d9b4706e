"""The layers of one program, from the interpreter to its own code."""

load("@bazel_skylib//lib:paths.bzl", "paths")
load("@rules_python//python:py_info.bzl", "PyInfo")
load("//:image_layers.bzl", "LARGE_DISTRIBUTIONS", "TESTS_KEPT")
load("//tools/closure:defs.bzl", "PyClosureInfo")
load("//tools/py_action:defs.bzl", "run_py_action")
load("//tools/workspace:names.bzl", "label_name")
load(
    ":layer_actions.bzl",
    "COMPRESSIONS",
    "ImageLayersInfo",
    "LayerInfo",
    "WRITER_ATTRS",
    "add_distribution",
    "add_runfiles",
    "label_text",
    "write_layer",
)
load(":runfiles.bzl", "ProgramsInfo", "check_loose", "image_runfiles", "list_runfiles", "py_programs")

# What runtimes take: overlayfs stops at 128, and engines keep some for themselves.
_MOST_LAYERS = 100

def _folder(package):
    """Returns the folder that a package's layer is named after: a project such as `libs/x`."""
    return "/".join(package.split("/")[:2])

def _check_origin(ctx, known):
    """Fails for Python code that is neither first-party nor a locked distribution."""
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

def _by_folder(ctx, lines):
    """Returns the runfiles by folder, the program's own folder last."""
    own = _folder(ctx.attr.binary.label.package)
    folders = {}
    for line in lines:
        folders.setdefault(own if line.kind == "beside" else _folder(line.folder), []).append(line)
    names = sorted([name for name in folders if name != own]) + ([own] if own in folders else [])
    return {name: folders[name] for name in names}

def _import_roots(programs):
    roots = {}
    for sources in programs.sources.to_list():
        for root in sources.imports:
            path = paths.normalize(sources.label.package + "/" + root)
            if path != ".":
                roots[path] = None
    return sorted(roots)

def _small_layer(ctx, distributions):
    manifest = ctx.actions.args()
    for distribution in distributions:
        add_distribution(manifest, distribution, label_name(distribution.name) in TESTS_KEPT)
    files = depset(transitive = [depset(distribution.files) for distribution in distributions])
    native = any([distribution.is_native for distribution in distributions])
    return write_layer(ctx, ctx.label.name + "/distributions", manifest, files, index = True, native = native)

def _runfiles_links(lines):
    """Returns the lines that make `/opt/runfiles`, where programs find their runfiles by `RUNFILES_DIR`."""
    beside = {line.path.partition("/")[0]: None for line in lines if line.kind == "beside"}
    links = {"_main": "/app"} | {name: "/" + name for name in beside}
    return [
        struct(file = None, kind = "link", note = target, path = "opt/runfiles/" + name)
        for name, target in links.items()
    ]

def _runfiles_layers(ctx, lines):
    """Declares the layers of first-party code and data, the program's own last; it also has the import roots."""
    layers = []
    folders = _by_folder(ctx, lines)
    for position, (folder, inside) in enumerate(folders.items()):
        last = position == len(folders) - 1
        manifest = ctx.actions.args()
        add_runfiles(manifest, inside + (_runfiles_links(lines) if last else []))
        layers.append(write_layer(
            ctx,
            # Below a folder of their own: one may be called `distributions`.
            "/".join([ctx.label.name, "app"] + ([folder] if folder else [])),
            manifest,
            depset([line.file for line in inside if line.file]),
            import_roots = _import_roots(ctx.attr.binary[ProgramsInfo]) if last else [],
        ).layers)
    return struct(folders = folders.keys(), layers = layers)

def _check(ctx, layers, indexes, beside):
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
    args.add_all(beside, format_each = "--beside=%s")
    args.add_all(indexes)
    run_py_action(
        ctx,
        ctx.attr._check_stack,
        args,
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
    run_py_action(
        ctx,
        ctx.attr._check_row,
        args,
        [index],
        [valid],
        mnemonic = "ImageTable",
        progress_message = "Weighing the small distributions of %{label}",
    )
    return valid

def _image(ctx):
    return label_text(ctx.label).removesuffix("_layers")

def _distributions(binary):
    """Returns the distributions that the runfiles hold, by key: also those that only a program in data needs."""
    present = {file: None for file in binary[DefaultInfo].default_runfiles.files.to_list()}
    return {
        label_name(distribution.name): distribution
        for distribution in binary[ProgramsInfo].distributions.to_list()
        if [file for file in distribution.files if file in present]
    }

def check_program(label, main, entrypoint, launcher, env, has_command, _fail = fail):
    """Fails for what starts nothing, and for what its launcher under Bazel adds and the image's command doesn't.

    Args:
      label: the program.
      main: the module that it starts, or an empty string.
      entrypoint: the command that the image names instead, if it does.
      launcher: the program's `ProgramsInfo`.
      env: the names of the variables that the image sets.
      has_command: whether the image has a command of its own, with its arguments.
      _fail: `fail`, but in tests.
    """
    text = label_text(label)
    lost = [name for name in launcher.env if name not in env]
    if not main and not entrypoint:
        _fail("{} is no program: it starts no module.\nFix: name a py_binary.".format(text))
    if launcher.args and not has_command:
        _fail("{} starts with args {}, which its image doesn't add.\nFix: cmd = {} in py_image.".format(
            text,
            launcher.args,
            json.encode(launcher.args),
        ))
    if lost:
        _fail("{} sets {} in its env, which its image doesn't set.\nFix: name it in the env of py_image.".format(
            text,
            ", ".join(lost),
        ))

def _program_layers_impl(ctx):
    binary = ctx.attr.binary
    check_program(
        binary.label,
        binary[PyClosureInfo].main,
        ctx.attr.entrypoint,
        binary[ProgramsInfo],
        ctx.attr.env,
        ctx.attr.has_command,
    )
    distributions = _distributions(binary)
    check_loose(binary[ProgramsInfo], distributions)
    origins = [distribution.label.repo_name for distribution in distributions.values()]
    _check_origin(ctx, origins)
    held = {file: None for distribution in distributions.values() for file in distribution.files}
    repositories = origins + [
        ctx.attr.interpreter[LayerInfo].repository,
        Label("@rules_python//python:BUILD.bazel").repo_name,
    ]
    apart = {name: None for name in repositories if name}
    large = {layer[LayerInfo].distribution: layer[LayerInfo] for layer in ctx.attr.large}
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
    runfiles = image_runfiles(ctx, binary, apart, held)
    own = _runfiles_layers(ctx, runfiles)
    stack = [layer for part in layers + own.layers for layer in part[ctx.attr.compression]]
    beside = [line.path for line in runfiles if line.kind == "beside"]
    return [
        DefaultInfo(files = depset(stack)),
        ImageLayersInfo(
            distributions = sorted(distributions),
            folders = own.folders,
        ),
        OutputGroupInfo(
            _validation = depset(validations),
            entrypoint = depset([_check(ctx, stack, indexes, beside)]),
            indexes = depset(indexes),
            runfiles = depset([list_runfiles(ctx, binary, apart, held)]),
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
            aspects = [py_programs],
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
        "env": attr.string_list(doc = "The names of the variables that the image sets besides the defaults."),
        "has_command": attr.bool(doc = "Whether the image has a command of its own, with its arguments."),
        "interpreter": attr.label(
            default = "//tools/image/layers:interpreter",
            doc = "The layer of the interpreter.",
            providers = [LayerInfo],
        ),
        "large": attr.label_list(
            default = ["//tools/image/layers:" + distribution for distribution in LARGE_DISTRIBUTIONS],
            doc = "The layers of single distributions; those in the program's closure are taken.",
            providers = [LayerInfo],
        ),
        "_check_row": attr.label(
            cfg = "exec",
            default = "//tools/image/layer_table:check",
            doc = "The program that checks the small distributions against the table.",
        ),
        "_check_stack": attr.label(
            cfg = "exec",
            default = "//tools/image/layer_writer:check_stack",
            doc = "The program that checks the layers against each other and the base.",
        ),
    } | WRITER_ATTRS,
)
