"""Tests of what no image can be."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//tools/image/private:arguments.bzl", "check_arguments")
load("//tools/testing:starlark.bzl", "refusals")

def _refused(package = "services/ml", **kwargs):
    arguments = {"cmd": None, "env": {}, "exposed_ports": None, "labels": {}} | kwargs
    return refusals(check_arguments, package, "image", **arguments)

def _check_arguments_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, [], _refused())
    asserts.equals(env, [], _refused(cmd = ["--fast"], exposed_ports = ["8000", "53/udp"], labels = {"a": "b=c"}))
    for arguments, problem, fix in [
        ({"cmd": "--fast"}, 'cmd is the string "--fast", wanted a list', 'cmd = ["--fast"]'),
        (
            {"exposed_ports": ["70000"]},
            'exposed_ports has "70000", wanted a port from 1 to 65535, and a protocol if need be',
            'such as "8000/tcp"',
        ),
        ({"env": {"A=B": "c"}}, 'env has {"A=B": "c"}, wanted a name without "=" and one line', "write it in one line"),
        ({"labels": {"a": "b\nc"}}, 'labels has {"a": "b\\nc"}, wanted a name without "=" and one line', "write it in one line"),
    ]:
        asserts.equals(
            env,
            ["\n//services/ml:image can be no image: {}.\nFix: {}.".format(problem, fix)],
            _refused(**arguments),
        )
    asserts.equals(env, [
        "\n//:image can be no image: it lies in the root, and its folder is its name in a registry.\n" +
        "Fix: declare it in a folder, such as services/NAME.\n" +
        '//:image can be no image: cmd is the string "a", wanted a list.\nFix: cmd = ["a"].',
    ], _refused(package = "", cmd = "a"))
    return unittest.end(env)

check_arguments_test = unittest.make(_check_arguments_test_impl)
