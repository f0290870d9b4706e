"""Names the locked distributions: `@pip//numpy` stands for the library of its own repository."""

_PACKAGE = '''"""The distribution {key}."""

package(default_visibility = ["//visibility:public"])

alias(
    name = "{key}",
    actual = ":pkg",
)

{aliases}
'''

_ALIAS = '''alias(
    name = "{target}",
    actual = "@{hub}_{key}//:{target}",
)
'''

_REQUIREMENTS = '''"""Every locked distribution, by name."""

all_requirements = {all_requirements}

def requirement(name):
    """Returns the label of a distribution's library.

    Args:
      name: the distribution's name as the lock writes it.
    """
    return "@{hub}//" + name.replace("-", "_").replace(".", "_").lower()
'''

_TARGETS = ["pkg", "data", "dist_info", "extracted_whl_files"]

def _hub_repository_impl(repository_ctx):
    hub = repository_ctx.original_name
    for key in repository_ctx.attr.distributions:
        targets = _TARGETS + (["_pkg"] if key in repository_ctx.attr.grouped else [])
        aliases = [_ALIAS.format(hub = hub, key = key, target = target) for target in targets]
        repository_ctx.file(
            key + "/BUILD.bazel",
            _PACKAGE.format(aliases = "\n".join(aliases), key = key),
        )
    repository_ctx.file("BUILD.bazel", "")
    repository_ctx.file("requirements.bzl", _REQUIREMENTS.format(
        all_requirements = json.encode_indent(["@{}//{}".format(hub, key) for key in repository_ctx.attr.distributions]),
        hub = hub,
    ))

hub_repository = repository_rule(
    doc = "A package of aliases per locked distribution.",
    implementation = _hub_repository_impl,
    attrs = {
        "distributions": attr.string_list(doc = "Normalised names, with underscores."),
        "grouped": attr.string_list(doc = "Those of them that are in a group, which need each other."),
    },
)
