"""What a program has when it runs, from Bazel's own record of it, and where an image holds it."""

load("@rules_python//python:py_info.bzl", "PyInfo")
load("//tools/closure:defs.bzl", "PyClosureInfo", "py_closure")
load("//tools/workspace:names.bzl", "label_name")
load(":layer_actions.bzl", "label_text")

ProgramsInfo = provider(
    doc = "Python programs and distributions that the runfiles of a target may hold.",
    fields = {
        "args": "list of strings: the arguments that the target's own launcher adds.",
        "distributions": "depset of struct: as in PyClosureInfo, of the target and everything in its data.",
        "env": "list of strings: the variables that the target's own launcher sets.",
        "loose": "depset of struct(label, library, names): what names a library in its data, and the distributions that come with it.",
        "programs": "depset of struct(label, executable, main, names): programs in the data, the target itself included, and " +
                    "the distributions that each can import.",
        "sources": "depset of struct: as `transitive_sources` in PyClosureInfo, of the target and everything in its data.",
    },
)

# A program comes into runfiles by data, directly or through a filegroup or a rule that wraps it.
_EDGES = ["data", "deps", "src", "srcs"]

# Folders beside `/app` that an image or the kernel fills; what else is taken shows when the base is looked at.
_TAKEN = ["app", "busybox", "dev", "opt", "proc", "run", "sys", "tmp"]

def _targets(rule, names):
    found = []
    for name in names:
        value = getattr(rule.attr, name, None)
        found += value if type(value) == "list" else [value]
    return [target for target in found if type(target) == "Target"]

def _names(closure):
    return tuple([label_name(distribution.name) for distribution in closure.distributions.to_list()])

def _loose(ctx):
    """Returns what names a library elsewhere than in deps: nothing can import what that needs, unless a program names it too."""
    return [
        struct(label = ctx.label, library = dep.label, names = _names(dep[PyClosureInfo]))
        for dep in _targets(ctx.rule, [name for name in _EDGES if name != "deps"])
        if PyClosureInfo in dep and not dep[PyClosureInfo].main
    ]

def _programs_impl(target, ctx):
    below = [dep[ProgramsInfo] for dep in _targets(ctx.rule, _EDGES) if ProgramsInfo in dep]
    closures = [target[PyClosureInfo]] if PyClosureInfo in target else []
    executable = target[DefaultInfo].files_to_run.executable
    programs = [
        struct(executable = executable, label = target.label, main = closure.main, names = _names(closure))
        for closure in closures
        if executable and closure.main
    ]
    return [ProgramsInfo(
        args = getattr(ctx.rule.attr, "args", []) if programs else [],
        distributions = depset(transitive = [info.distributions for info in below + closures]),
        env = sorted(getattr(ctx.rule.attr, "env", {})) if programs else [],
        loose = depset(_loose(ctx), transitive = [info.loose for info in below]),
        programs = depset(programs, transitive = [info.programs for info in below]),
        sources = depset(transitive = [info.sources for info in below] + [info.transitive_sources for info in closures]),
    )]

py_programs = aspect(
    doc = "Collects `ProgramsInfo` over everything that can bring a program into runfiles.",
    implementation = _programs_impl,
    attr_aspects = _EDGES,
    requires = [py_closure],
)

def check_loose(programs, present, _fail = fail):
    """Fails for distributions that an image could import, and that nothing can under Bazel.

    Args:
      programs: the program's `ProgramsInfo`.
      present: the names of the distributions that its runfiles hold.
      _fail: `fail`, but in tests.
    """
    importable = [name for program in programs.programs.to_list() for name in program.names]
    for loose in programs.loose.to_list():
        lost = [name for name in loose.names if name in present and name not in importable]
        if lost:
            _fail("{} names {} in its data, where it brings {}, which tests and `bazel run` can't import, and an image could.\nFix: name it in deps.".format(
                label_text(loose.label),
                label_text(loose.library),
                ", ".join(lost),
            ))

def beside_path(label, path, _fail = fail):
    """Returns where an image has a file beside the repository; fails where the image has something else.

    Args:
      label: the program.
      path: the file's path from the repository, which begins with `../`.
      _fail: `fail`, but in tests.

    Returns:
      The path from the root of the image.
    """
    beside = path.removeprefix("../")
    if beside.partition("/")[0] in _TAKEN:
        return _fail("{} has {} in its runfiles, which would lie at /{} in its image.\nFix: name it below the repository: by `symlinks` in place of `root_symlinks`, or by a copy in a package.".format(
            label_text(label),
            path,
            beside,
        ))
    return beside

def _fail_foreign_program(label, program):
    fail("{} has {} in its data, a distribution's program, whose launcher doesn't start in an image.\nFix: start it by name, since an image has it on its PATH; or by a py_binary of your own.".format(
        label_text(label),
        label_text(program),
    ))

def _line(kind, folder, path, file = None, note = ""):
    return struct(file = file, folder = folder, kind = kind, note = note, path = path)

def _lines(label, programs, file, path, folder):
    """Returns the lines for one file: none for what starts a program under Bazel alone."""
    program = programs.get(file.owner)
    if program and not file.is_source:
        if file != program.executable or program.label == label:
            return []
        return [_line("starter", folder, path, note = program.main)]
    if not path.startswith("../"):
        return [_line("app", folder, path, file)]
    return [_line("beside", folder, beside_path(label, path), file)]

def own_links(links, apart):
    """Returns the links among runfiles that an image has: those into a venv of the program's own lead to another layer.

    Args:
      links: what `runfiles.symlinks` holds, as rules_python plants distributions by it.
      apart: a dict with the names of the repositories that are no data.

    Returns:
      A list of the same structs.
    """
    return [link for link in links if ".venv/" not in link.path or link.target_file.owner.repo_name not in apart]

def image_runfiles(ctx, binary, apart, held):
    """Returns what the image of a program holds besides the interpreter and distributions.

    Args:
      ctx: the rule's context.
      binary: the program, with `ProgramsInfo`.
      apart: a dict with the names of the repositories that are no data: the interpreter's, the distributions', the rules'.
      held: a dict with the files that other layers hold.

    Returns:
      A list of struct(kind, folder, path, file, note), as a layer's manifest has them; `folder` is the package.
    """
    runfiles = binary[DefaultInfo].default_runfiles
    programs = {program.label: program for program in binary[ProgramsInfo].programs.to_list()}
    label = binary.label
    lines = []
    for file in runfiles.files.to_list():
        if file in held:
            continue
        if file.owner.repo_name not in apart:
            lines += _lines(label, programs, file, file.short_path, file.owner.package)
        elif file.owner in programs:
            _fail_foreign_program(label, file.owner)
    links = {link.path: link.target_file for link in own_links(runfiles.symlinks.to_list(), apart)}
    for link in own_links(runfiles.root_symlinks.to_list(), apart):
        inside = link.path.removeprefix(ctx.workspace_name + "/")
        links[inside if inside != link.path else "../" + link.path] = link.target_file
    for path, file in links.items():
        lines += _lines(label, programs, file, path, path.rpartition("/")[0])
    lines += [
        _line("empty", path.rpartition("/")[0], path)
        for path in runfiles.empty_filenames.to_list()
        if not path.startswith("../")
    ]
    return lines

def _short_path(file):
    return file.short_path

def _link_path(link):
    return link.path

def list_runfiles(ctx, binary, apart, held):
    """Writes the runfiles as Bazel has them, against which the image is tested.

    A line is a kind and a path, with a tab between: `file` (from the repository's root), `root` (from the folder above),
    `module` (a file that can be imported), `held` (a launcher, or in another layer) and `apart` (a repository that has a
    layer of its own).

    Args:
      ctx: see `image_runfiles`, and so the others.
      binary: the program.
      apart: a dict.
      held: a dict.

    Returns:
      The File.
    """
    runfiles = binary[DefaultInfo].default_runfiles
    started = {
        program.executable: program.label
        for program in binary[ProgramsInfo].programs.to_list()
        if program.label != binary.label
    }
    owners = started.values() + [binary.label]
    launchers = [
        file
        for file in runfiles.files.to_list()
        if file.owner in owners and not file.is_source and file not in started
    ]
    listing = ctx.actions.declare_file(ctx.label.name + "/runfiles.txt")
    lines = ctx.actions.args()
    lines.set_param_file_format("multiline")
    lines.add_all(runfiles.files, map_each = _short_path, format_each = "file\t%s")
    lines.add_all(own_links(runfiles.symlinks.to_list(), apart), map_each = _link_path, format_each = "file\t%s")
    lines.add_all(runfiles.empty_filenames, format_each = "file\t%s")
    lines.add_all(own_links(runfiles.root_symlinks.to_list(), apart), map_each = _link_path, format_each = "root\t%s")
    lines.add_all(binary[PyInfo].transitive_sources, map_each = _short_path, format_each = "module\t%s")
    lines.add_all(launchers + held.keys(), map_each = _short_path, format_each = "held\t%s")
    lines.add_all(apart.keys(), format_each = "apart\t%s")
    ctx.actions.write(listing, lines)
    return listing
