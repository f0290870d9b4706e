"""Builds targets for the platforms of an image, on whatever machine."""

# What images can be for, as container engines name it: by which processor a build knows that it is for that already.
PLATFORMS = {
    "linux/amd64": "@platforms//cpu:x86_64",
    "linux/arm64": "@platforms//cpu:aarch64",
}

_OPTION = "//command_line_option:platforms"

def _to_platform_impl(settings, attr):
    return {_OPTION: [attr.platform] if attr.platform else settings[_OPTION]}

_to_platform = transition(
    implementation = _to_platform_impl,
    inputs = [_OPTION],
    outputs = [_OPTION],
)

def _platform_target_impl(ctx):
    target = ctx.attr.target[0]
    files = target[DefaultInfo]
    groups = [target[OutputGroupInfo]] if OutputGroupInfo in target else []
    return [DefaultInfo(files = files.files, runfiles = files.default_runfiles)] + groups

platform_target = rule(
    doc = "A target as it is built for a platform.",
    implementation = _platform_target_impl,
    attrs = {
        "platform": attr.string(
            doc = "The platform's target; empty where the build is for it already, so that nothing is built twice.",
        ),
        "target": attr.label(cfg = _to_platform, doc = "The target.", mandatory = True),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
            doc = "Bazel asks for it.",
        ),
    },
)

def platform_name(platform):
    """Returns a platform as names of targets have it: `linux_arm64`.

    Args:
      platform: one of `PLATFORMS`.
    """
    return platform.replace("/", "_")

def platform_targets(name, end, platforms, tags, visibility):
    """Declares a target for each platform: `NAME_linux_arm64END` is `NAMEEND`, built for that.

    They are left out of `//...`: who tests everything on one machine builds no image for another.

    Args:
      name: how the target's name begins.
      end: how it ends.
      platforms: some of `PLATFORMS`.
      tags: tags of every target.
      visibility: who may use them.

    Returns:
      Their names.
    """
    names = []
    for platform in platforms:
        word = platform_name(platform)
        names.append("{}_{}{}".format(name, word, end))
        platform_target(
            name = names[-1],
            platform = select({
                PLATFORMS[platform]: "",
                "//conditions:default": str(Label("//tools/image/platforms:" + word)),
            }),
            tags = tags + ["manual"],
            target = name + end,
            visibility = visibility,
        )
    return names

def checked_platforms(label, platforms, _fail = fail):
    """Fails for a platform that no image can be for.

    Args:
      label: the image.
      platforms: what it is to be for.
      _fail: `fail`, but in tests.
    """
    unknown = [platform for platform in platforms if platform not in PLATFORMS]
    if unknown:
        _fail("{} is to be for {}, and images are for {}.\nFix: name some of these in platforms.".format(
            label,
            ", ".join(unknown),
            ", ".join(PLATFORMS),
        ))
