"""The licence of first-party code, as SPDX names it: images and bills of materials say it. Its text is in LICENSE."""

LICENCE = "Apache-2.0"
