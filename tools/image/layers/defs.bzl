"""Declares a layer for each distribution of the table."""

load("//tools/image:layers.bzl", "LARGE_DISTRIBUTIONS", "TESTS_KEPT")
load("//tools/image/private:shared_layers.bzl", "distribution_layer", "layer_use")

def distribution_layers(name, visibility):
    """Declares a layer for each distribution of `//tools/image:layers.bzl`, under the distribution's name.

    Args:
      name: the name of all of them together.
      visibility: who may use the layers.
    """
    native.filegroup(
        name = name,
        srcs = LARGE_DISTRIBUTIONS.keys(),
        tags = ["no-cov"],
        visibility = visibility,
    )
    for distribution, image in LARGE_DISTRIBUTIONS.items():
        distribution_layer(
            name = distribution,
            distribution = "@pip//" + distribution,
            keeps_tests = distribution in TESTS_KEPT,
            tags = ["no-cov"],
            visibility = visibility,
        )
        layer_use(
            name = distribution + "_use",
            distribution = distribution,
            image = image,
            layers = image + "_layers",
            tags = ["no-cov"],
            visibility = ["//visibility:private"],
        )
