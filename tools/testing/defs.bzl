"""Runs pytest over exactly the files that a target lists."""

load("@rules_python//python:py_test.bzl", "py_test")
load("//:quarantine.bzl", "QUARANTINE")
load("//tools/tree:defs.bzl", "ancestor_conftests")

_MAIN = Label("//tools/testing:pytest_main.py")
_PROGRAM = Label("//tools/testing:pytest_main")
_SETTINGS = Label("//:pyproject.toml")

def pytest_test(name, srcs, deps = [], data = [], args = [], interpreter_args = ["-I"], project = None, **kwargs):
    """Runs pytest over exactly the files in `srcs`, and passes where every selected test ran to its end.

    `--test_filter` takes any name of a test, or an expression as pytest's `-k` does; `--test_arg` reaches pytest;
    `shard_count` puts every test into exactly one shard; pytest plugins load when their distribution is named in
    `deps`. See docs/testing.md.

    Args:
      name: the target's name; ends in `_test`, or is that of the one file.
      srcs: the test files, and the `conftest.py` of this folder if it has one.
      deps: what the files import; one of another folder's `conftest.py` is a `py_library` here.
      data: files that the tests read.
      args: arguments for pytest.
      interpreter_args: arguments for the interpreter; isolated by default.
      project: the file with the pytest settings of a project that has its own, such as `//libs/old:pyproject.toml`: they
        hold in place of the repository's, and the tests start in a copy of its folder.
      **kwargs: what else a `py_test` takes: `size`, `shard_count`, `tags`, `visibility`, …
    """
    files = listed_tests(native.package_name(), name, srcs)
    plugins = [distribution_of(dep) for dep in deps if distribution_of(dep)]
    py_test(
        name = name,
        srcs = srcs + [_MAIN],
        main = _MAIN,
        args = ["--test-file=$(rootpath {})".format(file) for file in files] +
               ["--conftest=" + path for path in ancestor_conftests(native.package_name())] +
               ["--plugins-of=" + plugin for plugin in plugins] +
               ["--quarantined=" + case for case in quarantined_cases(native.package_name(), files, QUARANTINE)] +
               (["--project=$(rootpath {})".format(project)] if project else []) +
               args,
        data = data + [project or _SETTINGS],
        interpreter_args = interpreter_args,
        deps = deps + [_PROGRAM],
        **kwargs
    )

def quarantined_cases(package, files, quarantine):
    """Returns the cases of a target that may fail, as shell words.

    Args:
      package: the target's package.
      files: its test files.
      quarantine: a list of dicts, as QUARANTINE of quarantine.bzl.

    Returns:
      Their node ids of pytest.
    """
    paths = [
        "{}/{}".format(file.package, file.name) if type(file) == "Label" else "{}/{}".format(package, file.removeprefix(":"))
        for file in files
    ]
    return [
        "'{}'".format(entry["case"])
        for entry in quarantine
        if entry["case"].partition("::")[0] in paths
    ]

def listed_tests(package, name, srcs, _fail = fail):
    """Returns the test files among what a target lists; fails where there are none.

    Args:
      package: the target's package.
      name: its name.
      srcs: the files that it lists.
      _fail: `fail`, but in tests.

    Returns:
      The files, as they are listed.
    """
    files = [src for src in srcs if not _is_conftest(src)]
    if not files:
        _fail("//{}:{} lists no test file in srcs. Fix: name at least one test_*.py.".format(package, name))
    return files

def _is_conftest(src):
    return str(src).rpartition("/")[2].rpartition(":")[2] == "conftest.py"

def distribution_of(dep):
    """Returns the distribution that a label names.

    Args:
      dep: the label, or its text.

    Returns:
      The distribution as labels name it, or None where it names first-party code.
    """
    text = str(dep)
    if not text.startswith("@pip//"):
        return None
    return text.removeprefix("@pip//").partition(":")[0]
