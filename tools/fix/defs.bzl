"""Programs that fix what they write, as //:fix does."""

load("@rules_python//python:py_binary.bzl", "py_binary")

def fixing_binary(name, srcs, deps, **kwargs):
    """Makes a program that is told where ruff, buildifier and buildozer lie.

    Args:
      name: the program's name.
      srcs: its main file.
      deps: what that imports.
      **kwargs: what else a `py_binary` takes, but for `args` and `data`.
    """
    py_binary(
        name = name,
        srcs = srcs,
        args = [
            "'--ruff=$(rootpaths @pip//ruff:data)'",
            "--buildifier $(rootpath @buildifier_prebuilt//:buildifier)",
            "--buildozer $(rootpath @buildifier_prebuilt//:buildozer)",
        ],
        data = [
            "@buildifier_prebuilt//:buildifier",
            "@buildifier_prebuilt//:buildozer",
            "@pip//ruff:data",
        ],
        deps = deps,
        **kwargs
    )
