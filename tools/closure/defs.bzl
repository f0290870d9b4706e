"""What a Python target is made of: its own sources, first-party code, locked distributions.

Images, import checks, types and bills of materials read `PyClosureInfo`. It alone knows how each line of supply lays a
distribution out: rules_python gives single files (sources in `srcs`; shared objects and metadata in `data`), the Debian
line gives one directory. And it knows where each keeps what type checkers need besides, `pyi_srcs` and `pyi_deps`: in
attributes of the target itself, or in those of a target that `aspect_hints` names.
"""

load("@rules_python//python:py_info.bzl", "PyInfo")

PyClosureInfo = provider(
    doc = "What a Python target is made of.",
    fields = {
        "distribution": "struct: the target itself where it is a locked distribution, else None; see `distributions`.",
        "distributions": "depset of struct(label, name, version, files, import_root, is_native): every locked distribution below " +
                         "the target. `files` is a tuple of files or directories (sources, shared objects and metadata), " +
                         "`import_root` the path of the folder on the import path, as in `File.short_path`, and `is_native` " +
                         "whether its wheel is for one platform alone.",
        "main": "string: the module that a program starts, as `python -m` takes it; empty where the target is no program.",
        "sources": "struct: the target's own code where it is first-party, else None; see `transitive_sources`.",
        "transitive_sources": "depset of struct(label, srcs, stubs, data, imports): every first-party target at or below " +
                              "this one. `srcs` is a tuple of its own files, `stubs` a tuple of those that only type " +
                              "checkers read, `data` a tuple of the files it needs when it runs, `imports` a tuple of " +
                              "import roots besides the repository's root.",
    },
)

PyTypingInfo = provider(
    doc = "What type checkers need of a target besides what it runs on, where a target of its own holds it.",
    fields = {"stubs": "tuple of File: the target's stubs."},
)

# Edges over which an aspect finds what a target imports for types only.
TYPING_EDGES = ["aspect_hints", "pyi_deps"]

def is_typing_target(target, ctx):
    """Tells whether an aspect is at a target that only holds another's stubs and typing-only deps.

    Args:
      target: the target.
      ctx: the aspect's context.
    """
    return PyInfo not in target and hasattr(ctx.rule.attr, "pyi_deps")

def own_stubs(ctx):
    """Returns the stubs of the target that an aspect which follows `aspect_hints` is at.

    Args:
      ctx: the context of an aspect that requires `py_closure`.
    """
    hints = [hint[PyTypingInfo].stubs for hint in getattr(ctx.rule.attr, "aspect_hints", []) if PyTypingInfo in hint]
    return depset(_files(ctx.rule, "pyi_srcs"), transitive = [depset(stubs) for stubs in hints]).to_list()

_NAME_TAG = "pypi_name="
_VERSION_TAG = "pypi_version="

# Of a distribution whose files are one directory.
_NATIVE_TAG = "native"

def _tag_value(tags, prefix):
    for tag in tags:
        if tag.startswith(prefix):
            return tag.removeprefix(prefix)
    return None

def _import_root(label):
    """Returns the folder of a distribution that is on the import path, as in `File.short_path`."""
    folder = "../{}".format(label.repo_name) if label.repo_name else ""
    return "/".join([part for part in [folder, label.package, "site-packages"] if part])

def _files(rule, name):
    return tuple(getattr(rule.files, name, []))

def _module_of(path):
    """Returns the module that a file is, as `python -m` takes it from the repository's root."""
    return path.removesuffix(".py").removesuffix("/__main__").replace("/", ".")

def _main(target, ctx):
    """Returns the module that a program starts; empty where the target is no program."""
    if not (ctx.rule.kind.endswith("_binary") or ctx.rule.kind.endswith("_test")):
        return ""
    if getattr(ctx.rule.attr, "main_module", None):
        return ctx.rule.attr.main_module
    main = getattr(ctx.rule.file, "main", None)
    if main:
        return _module_of(main.short_path)
    name = target.label.name.removesuffix(".py") + ".py"
    named = [file for file in ctx.rule.files.srcs if file.basename == name.rpartition("/")[2]]
    return _module_of(named[0].short_path) if named else ""

def _is_part(info, name, label):
    """Tells whether a dependency is a part of the same distribution.

    Upstream makes two targets of a distribution that has dependencies: one of its files, one of its edges.
    """
    own = info.distribution
    return own != None and own.name == name and own.label.repo_name == label.repo_name

def _closure_impl(target, ctx):
    if is_typing_target(target, ctx):
        return [PyTypingInfo(stubs = _files(ctx.rule, "pyi_srcs"))]
    if PyInfo not in target:
        return []
    below = [dep[PyClosureInfo] for dep in getattr(ctx.rule.attr, "deps", []) if PyClosureInfo in dep]
    tags = getattr(ctx.rule.attr, "tags", [])
    name = _tag_value(tags, _NAME_TAG)
    sources = None
    distribution = None
    if name:
        parts = [info for info in below if _is_part(info, name, target.label)]
        below = [info for info in below if info not in parts]
        files = [depset(part.distribution.files) for part in parts]
        all_files = depset(_files(ctx.rule, "srcs") + _files(ctx.rule, "data"), transitive = files).to_list()
        distribution = struct(
            # A distribution in a group of such as need each other is reached by two targets, and is one.
            label = target.label.same_package_label("pkg"),
            name = name,
            version = _tag_value(tags, _VERSION_TAG),
            files = tuple(all_files),
            import_root = _import_root(target.label),
            is_native = _NATIVE_TAG in tags or any([".so" in file.basename for file in all_files]),
        )
    elif not target.label.repo_name:
        sources = struct(
            label = target.label,
            srcs = _files(ctx.rule, "srcs"),
            stubs = tuple(own_stubs(ctx)),
            data = _files(ctx.rule, "data"),
            imports = tuple(getattr(ctx.rule.attr, "imports", [])),
        )
    return [PyClosureInfo(
        main = _main(target, ctx),
        distribution = distribution,
        distributions = depset(
            [distribution] if distribution else [],
            transitive = [info.distributions for info in below],
        ),
        sources = sources,
        transitive_sources = depset(
            [sources] if sources else [],
            transitive = [info.transitive_sources for info in below],
            order = "postorder",
        ),
    )]

py_closure = aspect(
    doc = "Collects `PyClosureInfo` over `deps`.",
    implementation = _closure_impl,
    attr_aspects = ["aspect_hints", "deps"],
    provides = [],
)
