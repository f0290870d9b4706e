"""Declares a layer for each distribution of the table."""

load("@pip//:requirements.bzl", "all_requirements")
load("//tools/image:layers.bzl", "LARGE_DISTRIBUTIONS", "TESTS_KEPT")
load("//tools/image/private:shared_layers.bzl", "absent_layer", "distribution_layer", "layer_use")

def distribution_layers(name, visibility):
    """Declares a layer for each distribution of `//tools/image:layers.bzl`, under the distribution's name.

    A distribution that has left the lock fails its row's validation alone: images can be built without it, and the
    program that writes the table builds images.

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
    locked = [Label(it).package for it in all_requirements]
    for distribution, image in LARGE_DISTRIBUTIONS.items():
        if distribution in locked:
            distribution_layer(
                name = distribution,
                distribution = "@pip//" + distribution,
                keeps_tests = distribution in TESTS_KEPT,
                tags = ["no-cov"],
                visibility = visibility,
            )
        else:
            absent_layer(
                name = distribution,
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
