"""Declares the actions that write layers."""

load("//tools/py_action:defs.bzl", "run_py_action")

LayerInfo = provider(
    doc = "A part of an image, in every compression; an action runs for the one that is used.",
    fields = {
        "distribution": "string: the one distribution that the layer holds, as labels name it; empty for other layers.",
        "index": "File: what the layer holds, as JSON: digests by path, and what is known of each distribution.",
        "layers": "dict: the layers as a list of Files, by compression (`gzip`, `zstd`): what is the same for each platform, then " +
                  "what isn't, where there is any.",
        "repository": "string: the repository that the interpreter is in; empty for other layers.",
    },
)

ImageLayersInfo = provider(
    doc = "What a program's layers are made of.",
    fields = {
        "distributions": "list of strings: the distributions in them, as labels name them.",
        "folders": "list of strings: the first-party folders that have a layer.",
    },
)

COMPRESSIONS = {
    "gzip": ".tar.gz",
    "zstd": ".tar.zst",
}

WRITER_ATTRS = {
    "_writer": attr.label(
        cfg = "exec",
        default = "//tools/image/layer_writer:program",
        doc = "The program that writes layers; its interpreter compiles what is in them.",
    ),
}

def label_text(label):
    """Returns a label as a person writes it: without the empty canonical name of this repository.

    Args:
      label: a Label.
    """
    return str(label) if label.repo_name else "//{}:{}".format(label.package, label.name)

def write_layer(ctx, name, lines, inputs, import_roots = [], index = False, native = False):
    """Declares the actions that write a layer, one for each compression.

    Args:
      ctx: the context of a rule that has WRITER_ATTRS.
      name: the archive's path in the package, without its suffix.
      lines: an Args with the manifest's lines.
      inputs: a depset of the files that the lines name.
      import_roots: first-party import roots besides the repository's root.
      index: whether the layer's index is written.
      native: whether some of it is for one platform alone, and gets a layer of its own.

    Returns:
      A struct with `layers` (lists of archives by compression) and `index` (a File or None).
    """
    manifest = ctx.actions.declare_file(name + ".manifest")
    lines.set_param_file_format("multiline")
    ctx.actions.write(manifest, lines)
    layers = {}
    index_file = ctx.actions.declare_file(name + ".index.json") if index else None
    for compression, suffix in COMPRESSIONS.items():
        layer = ctx.actions.declare_file(name + suffix)
        outputs = [layer]
        options = ctx.actions.args()
        options.add("--output", layer)
        if native:
            outputs.append(ctx.actions.declare_file(name + ".native" + suffix))
            options.add("--native", outputs[1])
        layers[compression] = list(outputs)
        options.add("--compression", compression)
        options.add("--manifest", manifest)
        options.add_all(import_roots, before_each = "--import-root")
        if index and compression == "gzip":
            options.add("--index", index_file)
            outputs.append(index_file)
        run_py_action(
            ctx,
            ctx.attr._writer,
            options,
            depset([manifest], transitive = [inputs]),
            outputs,
            mnemonic = "ImageLayer",
            progress_message = "Layering %{output}",
        )
    return struct(index = index_file, layers = layers)

def _line(kind, owner, file, inside, note = ""):
    return "\t".join([kind, owner, file.path, inside, note])

def add_distribution(args, distribution, keeps_tests):
    """Adds a distribution's lines to a manifest.

    Args:
      args: an Args.
      distribution: a distribution as PyClosureInfo has it.
      keeps_tests: whether its test folders are kept.
    """
    root = distribution.import_root.removesuffix("site-packages")
    note = "tests" if keeps_tests else ""

    def line(file):
        return _line("wheel", distribution.name, file, file.short_path.removeprefix(root), note)

    args.add_all(distribution.files, allow_closure = True, expand_directories = False, map_each = line)

def add_runfiles(args, lines):
    """Adds runfiles to a manifest.

    Args:
      args: an Args.
      lines: structs from `image_runfiles`.
    """
    for line in lines:
        path = line.file.path if line.file else ""
        args.add("\t".join([line.kind, "", path, line.path, line.note]))

def add_interpreter(args, runtime):
    """Adds an interpreter's lines to a manifest.

    Args:
      args: an Args.
      runtime: a PyRuntimeInfo that has an interpreter in the build.
    """
    root = runtime.interpreter.short_path.rpartition("/")[0].rpartition("/")[0] + "/"

    def line(file):
        return _line("python", "", file, file.short_path.removeprefix(root))

    args.add_all([runtime.interpreter], map_each = line, allow_closure = True)

    def library_line(file):
        inside = file.short_path.removeprefix(root)
        return None if inside.startswith("bin/") else _line("python", "", file, inside)

    args.add_all(runtime.files, allow_closure = True, expand_directories = False, map_each = library_line)
