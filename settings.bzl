"""What this repository has decided, for tools to follow. Literals alone: Starlark loads it, and Python reads it.

Other decisions stand in files of their own: floors of coverage in coverage.toml, settings of programs in pyproject.toml,
distributions in requirements.in, versions in MODULE.bazel, owners and who may use what in BUILD files.
"""

# The licence of first-party code, as SPDX names it: images and bills of materials say it. Its text is in LICENSE.
LICENCE = "Apache-2.0"

# What images are for, unless they say it themselves; a push sends an index of one for each.
IMAGE_PLATFORMS = [
    "linux/amd64",
    "linux/arm64",
]

# The folders that hold one project per folder, and what a project there is. A library says by a `package_group` who may use
# it; a service is used by none, but for the tests of several in the folder `tests` beside them. `//:new` takes the first of a
# kind. What is named here is named in `known-first-party` of pyproject.toml too.
PROJECTS = {
    "libs": "library",
    "services": "service",
    "tools": "tool",
}

# What no target of a folder may have below it, each with the reason. Tests and testonly targets are free.
FORBIDDEN_FOLDERS = {
    "libs": {"services": "libs never depend on services"},
    "services": {
        "services/tests": "tests never run inside a service",
        "tools": "tools never run inside a service",
    },
}

# Distributions that only some folders may use, directly or through others. Tests and testonly targets are free.
RESTRICTED_DISTRIBUTIONS = {
    # Training needs it; what serves the model needs numpy only, and the images stay small.
    "scikit-learn": {
        "folders": ["libs/ml"],
        "why": "only training uses it",
    },
}
