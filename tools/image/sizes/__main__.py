"""Prints what images weigh: each layer, each distribution, what they share, what another platform adds.

Bytes are those that a registry stores; a distribution's are its share of its layer. It builds the
images that `push_all` would push, and asks no registry.
Exit codes: 0 printed; 1 not every image could be built; 2 there is none.

Examples:
  bazel run //tools/image:sizes
  bazel run //tools/image:sizes -- --format json //services/...
"""

import sys
from collections.abc import Sequence

from tools.image.publish.push_all import BROKEN, read_plans
from tools.image.sizes.layers import read_images
from tools.image.sizes.report import Sizes, format_document, format_text
from tools.image.targets import Targets
from tools.workspace.bazel import Bazel
from tools.workspace.command import command_parser
from tools.workspace.folder import WorkspaceError


def measure(targets: Targets, patterns: Sequence[str]) -> tuple[Sizes, list[str]]:
    """Build images; return their sizes, and a line for each that can't be built.

    Raises:
      WorkspaceError: there is none.
    """
    plans, failed = read_plans(targets, patterns)
    labels = {plan.image: plan.parts[0].layout for plan in plans}
    built = targets.build(labels.values())
    layouts = [
        (image, built[label][0]) for image, label in labels.items() if label in built
    ]
    if not layouts:
        raise WorkspaceError(
            f"{' '.join(patterns)}: found no image that could be built.\n"
            "Fix: name packages with a py_image, such as //services/..."
        )
    failed += [
        f"failed   {image}: {BROKEN}"
        for image, label in labels.items()
        if label not in built
    ]
    return Sizes.of(read_images(layouts)), failed


def main(argv: Sequence[str] | None = None) -> int:
    """Print the sizes."""
    parser = command_parser("//tools/image:sizes", __doc__)
    parser.add_argument(
        "patterns", nargs="*", default=["//..."], help="which targets; by default all"
    )
    options = parser.parse_args(argv)
    try:
        targets = Targets(Bazel.current())
        sizes, failed = measure(targets, options.patterns)
    except WorkspaceError as error:
        print(error, file=sys.stderr)
        return 2
    text = format_document(sizes) if options.format == "json" else format_text(sizes)
    sys.stdout.write(text)
    for line in failed:
        print(line, file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
