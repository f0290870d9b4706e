"""`pyi_srcs` and `pyi_deps`, which Bazel's own rules lack.

A target beside each one holds them. The attribute `aspect_hints` names it there, which aspects alone read: nothing of it
reaches runfiles or providers.
"""

def _py_typing_impl(_ctx):
    return [DefaultInfo()]

_py_typing = rule(
    doc = "What type checkers need of a target besides what it runs on.",
    implementation = _py_typing_impl,
    attrs = {
        "pyi_deps": attr.label_list(
            doc = "What the target imports for its types only.",
            providers = [PyInfo],
        ),
        "pyi_srcs": attr.label_list(
            doc = "The target's own stubs.",
            allow_files = True,
        ),
    },
)

def typing_hints(name, pyi_srcs, pyi_deps, attributes):
    """Declares what holds a target's stubs and typing-only deps, where it has any.

    Args:
      name: the target's name.
      pyi_srcs: its stubs.
      pyi_deps: its typing-only deps.
      attributes: its other attributes.

    Returns:
      The attributes that the target has besides.
    """
    if not pyi_srcs and not pyi_deps:
        return {}
    hints = name + ".typing"
    _py_typing(
        name = hints,
        testonly = attributes.get("testonly", False),
        pyi_srcs = pyi_srcs,
        visibility = ["//visibility:private"],
        pyi_deps = pyi_deps,
    )
    return {"aspect_hints": attributes.get("aspect_hints", []) + [":" + hints]}
