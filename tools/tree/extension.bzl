"""Makes `@tree`: the inventory of the files that git knows, as an input that tests can depend on.

A file that appears, goes or is renamed changes the inventory; an edit to one doesn't, and neither does a commit: what git
is asked for is a repository of its own, `@tree_listing`, and `@tree` is made anew only when that says something else.
"""

_LISTING_BUILD = '''"""What git knows."""

exports_files(["files.txt", "root.txt"], visibility = ["//visibility:public"])
'''

_BUILD = '''"""The files that git knows."""

package(default_visibility = ["//visibility:public"])

exports_files(["files.txt"])

filegroup(
    name = "bazelrcs",
    srcs = glob(["bazelrcs/**"], allow_empty = True),
)

filegroup(
    name = "build_files",
    srcs = glob(["build_files/**"], allow_empty = True),
)

filegroup(
    name = "manifests",
    srcs = glob(["manifests/**"], allow_empty = True),
)

filegroup(
    name = "test_files",
    srcs = glob(["test_files/**"], allow_empty = True),
)

filegroup(
    name = "baselines",
    srcs = glob(["baselines/**"], allow_empty = True),
)
'''

# Files that whole-repository checks read, by name, and the folder and filegroup that each gets.
_GROUPS = {
    "findings_baseline.jsonl": "baselines",
    "pyproject.toml": "manifests",
    "setup.cfg": "manifests",
}

# How many empty folders may lie in each other.
_DEEPEST = 20

_CONFTESTS = '''"""Every conftest.py, by its path from the root."""

CONFTESTS = {}
'''

def git_output(repository_ctx, root, arguments, no_answer = 0, _fail = fail):
    """Runs git.

    Args:
      repository_ctx: the context of a repository rule.
      root: the checkout.
      arguments: the command.
      no_answer: the exit code besides 0 by which it says that there is nothing.
      _fail: `fail`, but in tests.

    Returns:
      What it prints.
    """
    git = repository_ctx.which("git")
    if not git:
        return _fail("git isn't on the PATH, and the inventory of files comes from it. Fix: install git.")
    done = repository_ctx.execute(
        # The checkout may belong to another user than the one who builds, as in many pipelines.
        [git, "-c", "safe.directory=*", "-C", root] + arguments,
    )
    if done.return_code not in [0, no_answer]:
        return _fail("git can't list the files of {}: {}\nFix: build in a git checkout (git init makes one).".format(
            root,
            done.stderr.strip(),
        ))
    return done.stdout

def _watch_empty(repository_ctx, root, folders, entries, listed):
    """Watches the folders in which git lists nothing yet, and that it doesn't ignore: a file may come into them."""
    found = [
        "{}/{}".format(folder, name).lstrip("/")
        for folder, names in entries.items()
        for name in names
    ]
    for _ in range(_DEEPEST):
        found = [
            path
            for path in found
            if path not in listed and path not in folders and path != ".git" and root.get_child(path).is_dir
        ]
        if not found:
            return

        # A name that it quotes is watched for nothing.
        arguments = ["-c", "core.quotePath=off", "check-ignore", "--"] + found
        ignored = git_output(repository_ctx, root, arguments, no_answer = 1).splitlines()
        found = [
            "{}/{}".format(path, entry.basename)
            for path in found
            if path not in ignored
            for entry in root.get_child(path).readdir()
        ]

def _is_build_file(path):
    name = path.rpartition("/")[2]
    return name in ["BUILD.bazel", "MODULE.bazel"] or name.endswith(".bzl")

def _may_hold_tests(path):
    """Tells whether a file may match pytest's `python_files`; //tools/checks/unowned_files refuses patterns that this misses."""
    return path.endswith(".py") and "test" in path.rpartition("/")[2].lower()

def _listing_repository_impl(repository_ctx):
    root = repository_ctx.workspace_root
    arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"]
    listed = git_output(repository_ctx, root, arguments).split("\0")
    index = git_output(repository_ctx, root, ["rev-parse", "--git-path", "index"]).strip()
    repository_ctx.watch(index if index.startswith("/") else root.get_child(index))

    folders = {"": root}
    for path in listed:
        parts = path.split("/")[:-1]
        for depth in range(len(parts)):
            folder = "/".join(parts[:depth + 1])
            if folder not in folders:
                folders[folder] = root.get_child(folder)

    # Reading a folder watches its entries, not what the files hold.
    entries = {
        folder: {entry.basename: None for entry in path.readdir()} if path.exists else {}
        for folder, path in folders.items()
    }
    _watch_empty(repository_ctx, root, folders, entries, {path: None for path in listed})
    files = []
    for path in listed:
        folder, _, name = path.rpartition("/")

        # git still lists what is deleted and not yet staged. What isn't ASCII is listed in any case: git and Bazel may
        # spell it differently.
        if name and (name in entries[folder] or [letter for letter in path.elems() if letter > "~"]):
            files.append(path + "\n")
            if name == ".gitignore":
                repository_ctx.watch(root.get_child(path))

    # Without it each byte of a name that isn't ASCII would be taken for a letter, and encoded again.
    repository_ctx.file("files.txt", "".join(sorted(files)), legacy_utf8 = False)
    repository_ctx.file("root.txt", str(root))
    repository_ctx.file("BUILD.bazel", _LISTING_BUILD)

_listing_repository = repository_rule(
    doc = "What git lists now, in `files.txt`, and where, in `root.txt`: asked again after each change of git's index or of what is in a folder.",
    implementation = _listing_repository_impl,

    # Else what was read last time is looked at first, and a folder that has gone since is an error that stays.
    local = True,
)

def _tree_repository_impl(repository_ctx):
    root = repository_ctx.workspace_root
    listing = repository_ctx.read(repository_ctx.attr.listing)

    # The links below lead there: a checkout that is moved, beside an output base that isn't, has others.
    repository_ctx.watch(repository_ctx.attr.listing.same_package_label("root.txt"))
    files = listing.splitlines()
    repository_ctx.file("files.txt", listing, legacy_utf8 = False)
    repository_ctx.file("conftests.bzl", _CONFTESTS.format(
        json.encode_indent([path for path in files if path.rpartition("/")[2] == "conftest.py"], indent = "    "),
    ))
    for path in files:
        if _is_build_file(path):
            # Another name, or the folder would be a package of this repository.
            repository_ctx.symlink(root.get_child(path), "build_files/{}.txt".format(path))
        elif _may_hold_tests(path):
            repository_ctx.symlink(root.get_child(path), "test_files/{}.txt".format(path))
        elif path.endswith(".bazelrc"):
            repository_ctx.symlink(root.get_child(path), "bazelrcs/{}.txt".format(path))
        elif path.rpartition("/")[2] in _GROUPS:
            folder = _GROUPS[path.rpartition("/")[2]]
            repository_ctx.symlink(root.get_child(path), "{}/{}.txt".format(folder, path))
    repository_ctx.file("BUILD.bazel", _BUILD)

_tree_repository = repository_rule(
    doc = "The inventory of the files that git knows: `files.txt`, `conftests.bzl`, `:bazelrcs`, `:build_files`, `:test_files`, `:baselines` and `:manifests`.",
    implementation = _tree_repository_impl,
    attrs = {
        "listing": attr.label(doc = "The names, one a line.", mandatory = True),
    },
)

def _tree_impl(module_ctx):
    _listing_repository(name = "tree_listing")
    _tree_repository(name = "tree", listing = "@tree_listing//:files.txt")
    return module_ctx.extension_metadata(reproducible = True)

tree = module_extension(
    doc = "Makes `@tree`, and `@tree_listing` for it.",
    implementation = _tree_impl,
)
