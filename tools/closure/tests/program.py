"""A program on the module."""

from tools.closure.tests.subject import VERSION

print(VERSION)
