"""Draws the graph: a page of all projects, what each uses, and who uses it.

  bazel run //tools/graph:picture -- --output graph.html
  bazel run //tools/graph:picture -- --output graph.html --affected
  bazel run //tools/graph:picture -- --format json

The page needs no server and no network. It shows owners, the coverage of the last
`bazel coverage` where there was one, and the layers of images as they were built last;
`--affected` marks what the edit affects, since a branch by `--base`.
Exit codes: 0 drawn, 2 not known.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.build_files.workspace import read_workspace
from tools.graph.affected.__main__ import TARGETS, labels_since
from tools.graph.dependencies import FIRST_PARTY, Graph, is_image, read_graph
from tools.graph.picture.model import Facts, Share, picture
from tools.graph.scopes import scopes
from tools.image.oci.layout import Image
from tools.imports.policy.scopes import is_scoped
from tools.owners.codeowners import owners_of
from tools.test_coverage.data.file_coverage import CoverageError
from tools.test_coverage.data.totals import by_scope, of_files
from tools.test_coverage.html.site import Templates
from tools.test_coverage.outputs import last_run
from tools.test_coverage.report.floors import read_floors
from tools.workspace.bazel import Bazel
from tools.workspace.command import command_parser, print_json
from tools.workspace.folder import WorkspaceError
from tools.workspace.labels import absolute_label, path_of

TEMPLATES = Path(__file__).parent / "templates"


def coverage(bazel: Bazel) -> dict[str, Share]:
    """Return how much of each project ran in the last `bazel coverage`; nothing where there was none."""
    try:
        files = last_run(bazel).files
    except CoverageError:
        return {}
    floors = read_floors(bazel.root / "coverage.toml")
    shares = {}
    for name, scope in by_scope(files).items():
        totals = of_files(scope.values())
        under = any(floors.of(name).missed_by(totals))
        if totals.lines.of:
            shares[name] = Share(totals.lines.percent, under)
    return shares


def image_layers(bazel: Bazel, graph: Graph) -> dict[str, dict[str, int]]:
    """Return the layers of each image that lies there built, with their sizes."""
    labels = [x for x, kind in sorted(graph.classes.items()) if is_image(kind, x)]
    outputs = bazel.info("bazel-bin") if labels else Path()
    found: dict[str, dict[str, int]] = {}
    for label in labels:
        folder = outputs / path_of(absolute_label(label, ""))
        if (folder / "index.json").exists():
            found[label] = {
                layer["digest"]: layer["size"]
                for image in Image(folder).images
                for layer in image.layers
            }
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Draw the graph, or print its data."""
    parser = command_parser("//tools/graph:picture", __doc__)
    parser.add_argument("--output", type=Path, default=Path("graph.html"))
    parser.add_argument(
        "--affected", action="store_true", help="mark what an edit affects"
    )
    parser.add_argument("--base", default="HEAD", help="since which commit or branch")
    options = parser.parse_args(argv)
    try:
        bazel = Bazel.current()
        files = list(read_workspace(bazel.root))
        graph = read_graph(bazel.root, FIRST_PARTY)
        facts = Facts(
            owners=owners_of(files),
            coverage=coverage(bazel),
            shown={
                scope.label: scope.may
                for scope in scopes([f for f in files if is_scoped(f.package)], {})
            },
            images=image_layers(bazel, graph),
            affected=(
                labels_since(bazel.root, options.base, TARGETS)
                if options.affected
                else ()
            ),
        )
    except WorkspaceError as error:
        print(error, file=sys.stderr)
        return 2
    data = picture(graph, facts)
    if options.format == "json":
        print_json(**data)
        return 0
    os.chdir(os.environ.get("BUILD_WORKING_DIRECTORY", bazel.root))
    templates = Templates(options.output.parent, TEMPLATES)
    templates.write(
        "picture.html", options.output.name, title=bazel.root.name, data=data
    )
    print(f"wrote {options.output}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
