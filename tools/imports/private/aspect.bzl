"""The import check: an aspect that runs with every build as a validation."""

load("@rules_python//python:py_info.bzl", "PyInfo")
load("//tools/action_program:defs.bzl", "run_program")
load("//tools/closure:defs.bzl", "PyClosureInfo", "TYPING_EDGES", "is_typing_target", "py_closure")
load("//tools/findings:defs.bzl", "FINDINGS_ATTRS", "finding_validation", "plain_label")
load("//tools/imports:policy.bzl", "denied_prefixes")
load("//tools/workspace:names.bzl", "label_name")
load(":check_tools.bzl", "CheckToolsInfo")
load(":indexes.bzl", "ImportsInfo", "distribution_index", "import_roots", "target_index")

# Besides what can be imported: programs that a target runs, and what an image is made of.
_EDGES = ["deps", "binary", "data"] + TYPING_EDGES

_PyiDepsInfo = provider(
    doc = "What another target imports for its types only.",
    fields = {"deps": "list of ImportsInfo: its `pyi_deps`."},
)

def _source(file):
    return "--source={}={}".format(file.short_path, file.path)

def _package(file):
    return "--package={}={}".format(file.short_path, file.path)

def _targets(ctx, names):
    found = []
    for name in names:
        value = getattr(ctx.rule.attr, name, None)
        found += value if type(value) == "list" else [value] if value else []
    return [target for target in found if type(target) == "Target"]

def _imported(ctx, label, edge):
    """Returns the `ImportsInfo` of what an edge names."""

    # Upstream makes two targets of a distribution that has dependencies; they are one to an import.
    infos = [dep[ImportsInfo] for dep in _targets(ctx, [edge]) if ImportsInfo in dep]
    return [info for info in infos if info.label != label]

def _pyi_deps(ctx, label):
    hints = [hint[_PyiDepsInfo].deps for hint in _targets(ctx, ["aspect_hints"]) if _PyiDepsInfo in hint]
    found = _imported(ctx, label, "pyi_deps")
    for deps in hints:
        found = found + deps
    return found

def _check(ctx, label, sources, deps, pyi_deps):
    """Declares the check of one first-party target, and returns its report and its edits."""
    report = ctx.actions.declare_file(ctx.label.name + ".imports.jsonl")
    edits = ctx.actions.declare_file(ctx.label.name + ".imports_edits")
    unused = ctx.actions.declare_file(ctx.label.name + ".imports_unused_inputs")
    tools = ctx.attr._tools[CheckToolsInfo]
    build_file = tools.build_files.get(ctx.label.package)
    explaining = [tools.repository, tools.distributions] + ([build_file] if build_file else [])
    own = list(sources.srcs + sources.stubs)
    packages = depset(transitive = [dep.packages for dep in deps])
    indexes = {
        "closure": depset(transitive = [dep.closure for dep in deps + pyi_deps]),
        "deps": depset([dep.index for dep in deps]),
        "pyi_deps": depset([dep.index for dep in pyi_deps]),
    }

    arguments = ctx.actions.args()
    arguments.add(report, format = "--report=%s")
    arguments.add(edits, format = "--edits=%s")
    arguments.add(unused, format = "--unused-inputs=%s")
    arguments.add(label, format = "--target=%s")
    arguments.add(tools.repository, format = "--repository=%s")
    arguments.add(tools.distributions, format = "--distributions=%s")
    if build_file:
        arguments.add(build_file, format = "--build-file=%s")
    if not getattr(ctx.rule.attr, "testonly", False):
        arguments.add_all(denied_prefixes(ctx.label.package), format_each = "--denied=%s")
    arguments.add_all(import_roots(ctx.label.package, sources.imports), format_each = "--root=%s")
    arguments.add_all(own, map_each = _source)
    arguments.add_all(packages, map_each = _package)
    for name, files in indexes.items():
        arguments.add_all(files, format_each = "--{}=%s".format(name))
    run_program(
        ctx,
        program = tools.check,
        arguments = arguments,
        inputs = depset(own + explaining, transitive = [packages] + indexes.values()),
        outputs = [report, edits, unused],
        unused_inputs_list = unused,
        mnemonic = "ImportsCheck",
        progress_message = "Checking the imports of %{label}",
    )
    return report, edits

def _gathered(below, name):
    """Returns an output group of everything below a target."""
    groups = [dep[OutputGroupInfo] for dep in below if OutputGroupInfo in dep]

    return [getattr(group, name) for group in groups if hasattr(group, name)]

def _imports_impl(target, ctx):
    below = _targets(ctx, _EDGES)
    validations = _gathered(below, "_validation")
    reports = _gathered(below, "findings")
    all_edits = _gathered(below, "import_edits")
    if is_typing_target(target, ctx):
        return [_PyiDepsInfo(deps = _imported(ctx, "", "pyi_deps")), _output_groups(validations, reports, all_edits)]
    if PyInfo not in target or PyClosureInfo not in target:
        # An image, say: what it is made of is checked. (A target that gives the same groups itself has no such deps.)
        return [_output_groups(validations, reports, all_edits)] if all_edits else []

    own = target[PyClosureInfo]
    label = "@pip//" + label_name(own.distribution.name) if own.distribution else plain_label(target.label)

    deps = _imported(ctx, label, "deps")
    names = [dep.label for dep in deps]
    closure = depset([dep.index for dep in deps], transitive = [dep.closure for dep in deps])
    if own.distribution:
        index = distribution_index(ctx, label, own.distribution, names)
        return [ImportsInfo(closure = closure, index = index, label = label, packages = depset())]

    if not own.sources:
        # A target of another repository that is no locked distribution: nothing of it is ours to check.
        index = _empty_index(ctx, label)
        return [ImportsInfo(closure = closure, index = index, label = label, packages = depset())]
    index = target_index(ctx, label, own.sources, names)
    packages = depset([file for file in own.sources.srcs if file.basename == "__init__.py"])
    if own.sources.srcs or own.sources.stubs:
        report, edits = _check(ctx, label, own.sources, deps, _pyi_deps(ctx, label))
        passed = finding_validation(
            ctx,
            label = target.label,
            report = report,
            check = "imports",
            record_fix = "bazel run //tools/imports:fix -- --baseline {}".format(label),
        )
        validations = validations + [depset([passed])]
        reports = reports + [depset([report])]
        all_edits = all_edits + [depset([edits])]
    else:
        # A library without sources stands for its deps.
        packages = depset(transitive = [dep.packages for dep in deps])
    return [
        ImportsInfo(closure = closure, index = index, label = label, packages = packages),
        _output_groups(validations, reports, all_edits),
    ]

def _output_groups(validations, reports, edits):
    return OutputGroupInfo(
        _validation = depset(transitive = validations),
        findings = depset(transitive = reports),
        import_edits = depset(transitive = edits),
    )

def _empty_index(ctx, label):
    index = ctx.actions.declare_file(ctx.label.name + ".imports_index")
    ctx.actions.write(index, "# label {}\n".format(label))
    return index

imports = aspect(
    doc = "Holds each import of each Python target against the target's deps; fails the build as a validation.",
    implementation = _imports_impl,
    attr_aspects = _EDGES,
    attrs = {
        "_tools": attr.label(
            cfg = "exec",
            default = Label("//tools/imports:check_tools"),
            providers = [CheckToolsInfo],
        ),
    } | FINDINGS_ATTRS,
    requires = [py_closure],
)
