"""Tests of where a program of the machine is found."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//tools/host_tools:extension.bzl", "find_program")

_FILES = [
    "/usr/bin/initdb",
    "/usr/lib/postgresql/15/bin/initdb",
    "/usr/lib/postgresql/17/bin/initdb",
    "/usr/lib/rabbitmq/bin/rabbitmqctl",
]

def _path(text):
    below = [file.removeprefix(text + "/").partition("/")[0] for file in _FILES if file.startswith(text + "/")]
    return struct(
        basename = text.rpartition("/")[2],
        exists = text in _FILES or bool(below),
        get_child = lambda name: _leaf(text + "/" + name),
        readdir = lambda: [_version(text + "/" + name) for name in below],
        text = text,
    )

def _version(text):
    return struct(
        basename = text.rpartition("/")[2],
        get_child = lambda name: struct(get_child = lambda program: _leaf("{}/{}/{}".format(text, name, program))),
    )

def _leaf(text):
    return struct(exists = text in _FILES, text = text)

def _which(name):
    return struct(text = "/usr/bin/" + name) if "/usr/bin/" + name in _FILES else None

def _find_program_test_impl(ctx):
    env = unittest.begin(ctx)
    context = struct(path = _path, which = _which)
    for name, folders, wanted in [
        ("initdb", [], "/usr/bin/initdb"),
        ("initdb", ["/nowhere"], "/usr/bin/initdb"),
        ("initdb", ["/usr/lib/postgresql"], "/usr/lib/postgresql/17/bin/initdb"),
        ("rabbitmqctl", ["/usr/lib/rabbitmq/bin"], "/usr/lib/rabbitmq/bin/rabbitmqctl"),
    ]:
        asserts.equals(env, wanted, find_program(context, name, folders).text)
    asserts.equals(env, None, find_program(context, "crane", ["/usr/lib/postgresql"]))
    return unittest.end(env)

find_program_test = unittest.make(_find_program_test_impl)
