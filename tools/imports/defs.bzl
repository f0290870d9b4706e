"""Holds every import against deps: `build --aspects=//tools/imports:defs.bzl%imports`."""

load("//tools/imports/private:aspect.bzl", _imports = "imports")

imports = _imports
