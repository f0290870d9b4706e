"""Writes what is said of an image: its bill of materials, its provenance, and the plan of a push.

Invoked by Bazel as one of
  subject --image LAYOUT --base LAYOUT --output FILE
  bom --name NAME --base LAYOUT --licence SPDX --policy audit.toml --output FILE
    [--first-party FOLDER]… INDEX.json…
  plan --image LABEL --digest FILE {--subject FILE --bom FILE}… --repository HOST/NAME [--status FILE]
    --part LAYOUT_LABEL… --artifact FOLDER… --output FILE --tags FILE
Only `subject` reads the image: on a machine with a remote cache a plan, of another commit too,
fetches no layer. And only `plan` reads the commit, which the image itself never names: every commit
would give every image another digest.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from itertools import batched
from pathlib import Path

from tools.image.attest import bom, provenance
from tools.image.attest.provenance import Revision
from tools.image.oci import layout
from tools.image.oci.layout import Document, Image, descriptor_of
from tools.lock.audit.policy import parse_policy

REVISION = "org.opencontainers.image.revision"
_BOM_TYPE = "application/vnd.cyclonedx+json"
_PROVENANCE_TYPE = "application/vnd.in-toto+json"
_WANTED = ("mediaType", "digest", "size")


def write_subject(options: argparse.Namespace) -> None:
    """Write how registries know the image, and the digest of its base."""
    descriptor = Image(options.image).descriptor
    subject = {key: descriptor[key] for key in _WANTED}
    found = {"subject": subject, "base": Image(options.base).digest}
    options.output.write_bytes(layout.encode(found))


def write_bom(options: argparse.Namespace) -> None:
    """Write the bill of materials."""
    indexes = [json.loads(path.read_bytes()) for path in options.indexes]
    policy = parse_policy(options.policy.read_text(encoding="utf-8"))
    components = [*bom.components_of(Image(options.base), indexes, policy)]
    components += [
        bom.first_party_component(folder, options.licence)
        for folder in options.first_party
    ]
    options.output.write_bytes(layout.encode(bom.bill(options.name, components)))


def write_artifact(
    folder: Path, subject: Document, media_type: str, content: bytes, revision: str = ""
) -> str:
    """Write a document as an artifact that refers to the image; return its digest."""
    manifest: Document = {
        "schemaVersion": 2,
        "mediaType": layout.MANIFEST_TYPE,
        "artifactType": media_type,
        # crane takes the type that it lists a referrer under from here, not from artifactType.
        "config": descriptor_of(media_type, b"{}"),
        "layers": [descriptor_of(media_type, content)],
        "subject": subject,
    }
    manifest |= {"annotations": {REVISION: revision}} if revision else {}
    return layout.write(folder, manifest, [b"{}", content])


def write_plan(options: argparse.Namespace) -> None:
    """Write the artifacts, and what a push sends: the image first, then what refers to it.

    Each platform has an image, a bill of materials and artifacts of its own; what is pushed first holds all of them.
    """
    revision = Revision.read(options.status) if options.status else None
    name = str(revision or "")
    digests = [options.digest.read_text().strip()]
    folders = batched(options.artifact, 2, strict=True)
    for facts, bill_file, (bom_folder, provenance_folder) in zip(
        options.subject, options.bom, folders, strict=True
    ):
        known, bill = json.loads(facts.read_bytes()), bill_file.read_bytes()
        subject = known["subject"]
        stated = provenance.statement(options.image, known, bill, revision)
        content = layout.encode(stated)
        digests += [
            write_artifact(bom_folder, subject, _BOM_TYPE, bill),
            write_artifact(provenance_folder, subject, _PROVENANCE_TYPE, content, name),
        ]
    tags = [name, "latest"] if revision else ["dev"]
    options.tags.write_text("".join(f"{tag}\n" for tag in tags))
    plan = {
        "image": options.image,
        "repository": options.repository,
        "tags": tags,
        "parts": [
            {"digest": digest, "layout": folder}
            for digest, folder in zip(digests, options.part, strict=True)
        ],
    }
    options.output.write_text(json.dumps(plan, indent=1) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    subject = commands.add_parser("subject")
    subject.set_defaults(write=write_subject)
    subject.add_argument("--image", type=Path, required=True)
    subject.add_argument("--base", type=Path, required=True)
    bill = commands.add_parser("bom")
    bill.set_defaults(write=write_bom)
    bill.add_argument("--name", required=True)
    bill.add_argument("--base", type=Path, required=True)
    bill.add_argument("--licence", required=True)
    bill.add_argument("--policy", type=Path, required=True)
    bill.add_argument("--first-party", action="append", default=[])
    bill.add_argument("indexes", type=Path, nargs="*")
    plan = commands.add_parser("plan")
    plan.set_defaults(write=write_plan)
    plan.add_argument("--image", required=True)
    plan.add_argument("--repository", required=True)
    plan.add_argument("--part", action="append", required=True)
    plan.add_argument("--artifact", type=Path, action="append", required=True)
    for name in ("--subject", "--bom"):
        plan.add_argument(name, type=Path, action="append", required=True)
    for name in ("--digest", "--tags"):
        plan.add_argument(name, type=Path, required=True)
    plan.add_argument("--status", type=Path)
    for command in (subject, bill, plan):
        command.add_argument("--output", type=Path, required=True)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Write what the arguments ask for."""
    options = _parser().parse_args(argv)
    options.write(options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
