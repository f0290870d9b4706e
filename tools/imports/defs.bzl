"""The import check: `build --aspects=//tools/imports:defs.bzl%imports`, a validation of every build."""

load("@rules_python//python:py_info.bzl", "PyInfo")
load("//tools/closure:defs.bzl", "PyClosureInfo", "TYPING_EDGES", "is_typing_target", "py_closure")
load("//tools/findings:defs.bzl", "FINDINGS_ATTRS", "finding_validation", "plain_label")
load("//tools/imports/check:tools.bzl", "CheckToolsInfo")
load("//tools/imports/index:defs.bzl", "ImportsInfo", "distribution_index", "import_roots", "target_index")
load("//tools/imports/policy:defs.bzl", "denied_prefixes")
load("//tools/py_action:defs.bzl", "run_py_action")
load("//tools/workspace:names.bzl", "label_name")

# Besides what can be imported: programs that a target runs, and what an image is made of.
_EDGES = ["deps", "binary", "data"] + TYPING_EDGES

_PyiDepsInfo = provider(
    doc = "What another target imports for its types only.",
    fields = {"deps": "list of ImportsInfo: its `pyi_deps`."},
)

_GroupsInfo = provider(
    doc = "Marks a target whose output groups are those of this check.",
    fields = {},
)

def _line(kind):
    """Returns what makes a line of the request of a file; see check/request.py."""
    return lambda file: json.encode(struct(kind = kind, path = file.short_path, file = file.path))

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
    """Declares the check of one first-party target, and returns its report."""
    report = ctx.actions.declare_file(ctx.label.name + ".imports.jsonl")
    unused = ctx.actions.declare_file(ctx.label.name + ".imports_unused_inputs")
    tools = ctx.attr._tools[CheckToolsInfo]
    explaining = {"distributions": tools.distributions, "repository": tools.repository}
    if ctx.label.package in tools.build_files:
        explaining["build_file"] = tools.build_files[ctx.label.package]
    is_free = getattr(ctx.rule.attr, "testonly", False)
    files = {
        "closure": depset(transitive = [dep.closure for dep in deps + pyi_deps]),
        "deps": depset([dep.index for dep in deps]),
        "package": depset(transitive = [dep.packages for dep in deps]),
        "pyi_deps": depset([dep.index for dep in pyi_deps]),
        "source": depset(sources.srcs + sources.stubs),
    }
    arguments = ctx.actions.args()
    arguments.add(json.encode(struct(
        target = label,
        roots = import_roots(ctx.label.package, sources.imports),
        denied = [] if is_free else denied_prefixes(ctx.label.package),
        outputs = {"report": report.path, "unused_inputs": unused.path},
        explaining = {name: file.path for name, file in explaining.items()},
    )))
    for kind, some in files.items():
        arguments.add_all(some, map_each = _line(kind), allow_closure = True)
    run_py_action(
        ctx,
        program = tools.check,
        arguments = arguments,
        inputs = depset(explaining.values(), transitive = files.values()),
        outputs = [report, unused],
        is_worker = True,
        unused_inputs_list = unused,
        mnemonic = "ImportsCheck",
        progress_message = "Checking the imports of %{label}",
    )
    return report

def _gathered(below, name):
    """Returns an output group of everything below a target."""
    groups = [dep[OutputGroupInfo] for dep in below if OutputGroupInfo in dep]

    return [getattr(group, name) for group in groups if hasattr(group, name)]

def _imports_impl(target, ctx):
    below = _targets(ctx, _EDGES)
    validations = _gathered(below, "_validation")
    reports = _gathered(below, "findings")
    if is_typing_target(target, ctx):
        return [_PyiDepsInfo(deps = _imported(ctx, "", "pyi_deps"))] + _output_groups(validations, reports)
    if PyInfo not in target or PyClosureInfo not in target:
        # An image, say: what it is made of is checked. (A target that gives the same groups itself has no such deps.)
        return _output_groups(validations, reports) if [dep for dep in below if _GroupsInfo in dep] else []

    own = target[PyClosureInfo]
    label = "@pip//" + label_name(own.distribution.name) if own.distribution else plain_label(target.label)

    deps = _imported(ctx, label, "deps")
    names = [dep.label for dep in deps]
    closure = depset([dep.index for dep in deps], transitive = [dep.closure for dep in deps])
    if own.distribution:
        program = ctx.attr._tools[CheckToolsInfo].distribution_index
        index = distribution_index(ctx, program, label, own.distribution, names)
        return [ImportsInfo(closure = closure, index = index, label = label, packages = depset())]

    if not own.sources:
        # A target of another repository that is no locked distribution: nothing of it is ours to check.
        index = target_index(ctx, label, None, [])
        return [ImportsInfo(closure = closure, index = index, label = label, packages = depset())]
    index = target_index(ctx, label, own.sources, names)
    packages = depset([file for file in own.sources.srcs if file.basename == "__init__.py"])
    if own.sources.srcs or own.sources.stubs:
        report = _check(ctx, label, own.sources, deps, _pyi_deps(ctx, label))
        passed = finding_validation(
            ctx,
            label = target.label,
            name = "imports",
            reports = {"imports": report},
            record_fix = "bazel run //:check -- --baseline {}".format(label),
        )
        validations = validations + [depset([passed])]
        reports = reports + [depset([report])]
    else:
        # A library without sources stands for its deps.
        packages = depset(transitive = [dep.packages for dep in deps])
    info = ImportsInfo(closure = closure, index = index, label = label, packages = packages)
    return [info] + _output_groups(validations, reports)

def _output_groups(validations, reports):
    groups = OutputGroupInfo(_validation = depset(transitive = validations), findings = depset(transitive = reports))
    return [groups, _GroupsInfo()]

imports = aspect(
    doc = "Checks each import of each Python target against the target's deps; fails the build as a validation.",
    implementation = _imports_impl,
    attr_aspects = _EDGES,
    attrs = {
        "_tools": attr.label(
            doc = "What the check needs.",
            cfg = "exec",
            default = Label("//tools/imports/check:tools"),
            providers = [CheckToolsInfo],
        ),
    } | FINDINGS_ATTRS,
    requires = [py_closure],
)
