"""The `config` extension: settings of the rules themselves."""

_explicit_init_py = tag_class(
    doc = "Turns off the implicit `__init__.py` files; here they are off always, by a flag of the Debian line.",
    attrs = {"default": attr.bool(doc = "Must be True.", default = True)},
)

def _config_impl(module_ctx):
    for module in module_ctx.modules:
        for tag in module.tags.explicit_init_py:
            if not tag.default:
                fail("config.explicit_init_py(default = False) is not offered on the Debian line. Fix: set it to True.")

config = module_extension(
    doc = "Settings of the rules themselves.",
    implementation = _config_impl,
    tag_classes = {"explicit_init_py": _explicit_init_py},
)
