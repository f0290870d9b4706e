"""Declares a layer for each distribution of the table."""

load("//tools/image:layers.bzl", "LARGE_DISTRIBUTIONS", "TESTS_KEPT")
load("//tools/image/private:shared_layers.bzl", "distribution_layer", "layer_use")

def distribution_layers(visibility):
    """Declares a layer for each distribution of `//tools/image:layers.bzl`, under the distribution's name.

    Args:
      visibility: who may use the layers.
    """
    for name, image in LARGE_DISTRIBUTIONS.items():
        distribution_layer(
            name = name,
            distribution = "@pip//" + name,
            keeps_tests = name in TESTS_KEPT,
            tags = ["no-cov"],
            visibility = visibility,
        )
        layer_use(
            name = name + "_use",
            distribution = name,
            image = image,
            layers = image + "_layers",
            tags = ["no-cov"],
            visibility = ["//visibility:private"],
        )
