"""Checks every Python target as part of building it; registered in .bazelrc.

    build --aspects=//tools/checks:defs.bzl%checks
"""

load("//tools/checks/private:aspect.bzl", _checks = "checks")

checks = _checks
