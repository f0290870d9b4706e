"""Shows that Starlark and Python write the name of a distribution in one way."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//tools/workspace:names.bzl", "label_name")

def _label_name_test_impl(ctx):
    env = unittest.begin(ctx)
    for name in ["zope-foo", "Zope.Foo", "zope__foo", "zope--.foo"]:
        asserts.equals(env, "zope_foo", label_name(name))
    return unittest.end(env)

label_name_test = unittest.make(_label_name_test_impl)
