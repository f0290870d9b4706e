"""Makes an image's bill of materials, as CycloneDX 1.6.

It names the packages of the base, the interpreter, every distribution with what its wheel says it
bundles (PEP 770), and first-party folders. Equal images give equal bytes: it has no time in it.
"""

import json
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

from tools.image.attest import licences
from tools.image.oci.layout import Document, Image, archive, path_of
from tools.lock.audit.policy import Policy
from tools.workspace.names import normalise

SPEC_VERSION = "1.6"
_STATUS = "var/lib/dpkg/status.d/"
_OS_RELEASE = "usr/lib/os-release"
_COPYRIGHT = re.compile(r"usr/share/doc/[^/]+/copyright")


def base_files(image: Image) -> dict[str, str]:
    """Return what the base says of itself: dpkg's entries and the name of the system."""
    found: dict[str, str] = {}
    for layer in image.layers:
        with archive(image.layer_file(layer)) as tar:
            for member in tar:
                name = path_of(member)
                named = name.startswith(_STATUS) or name == _OS_RELEASE
                if not (named or _COPYRIGHT.fullmatch(name)):
                    continue
                if member.isfile() and (content := tar.extractfile(member)):
                    found[name] = content.read().decode(errors="replace")
    return found


def fields(paragraph: str) -> dict[str, str]:
    """Return the one-line fields of a paragraph of dpkg's."""
    lines = (line.partition(":") for line in paragraph.splitlines() if line[:1].strip())
    return {key: value.strip() for key, colon, value in lines if colon}


def system_component(release: str) -> Document:
    """Return the base's operating system."""
    pairs = (line.partition("=") for line in release.splitlines() if "=" in line)
    values = {key: value.strip('"') for key, _, value in pairs}
    name = values.get("ID", "linux")
    version = values.get("VERSION_ID") or values.get("VERSION_CODENAME", "")
    component = {"type": "operating-system", "bom-ref": f"os:{name}", "name": name}
    return component | ({"version": version} if version else {})


def package_component(entry: Mapping[str, str], copyright_file: str) -> Document:
    """Return a package of the base."""
    name, version = entry["Package"], entry["Version"]
    architecture = entry.get("Architecture", "all")
    purl = f"pkg:deb/debian/{quote(name, safe='')}@{quote(version, safe='')}?arch={architecture}"
    component = {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
    }
    found = licences.of_package(copyright_file)
    return component | ({"licenses": found} if found else {})


def interpreter_component(version: str) -> Document:
    """Return the interpreter."""
    purl = f"pkg:generic/cpython@{version}"
    return {
        "type": "platform",
        "bom-ref": purl,
        "name": "cpython",
        "version": version,
        "licenses": licences.PYTHON,
        "cpe": f"cpe:2.3:a:python:python:{version}:*:*:*:*:*:*:*",
        "purl": purl,
    }


def distribution_component(
    known: Mapping[str, object], policy: Policy | None = None
) -> Document:
    """Return a distribution, with what its wheel says that it bundles.

    Args:
        known: what its metadata says.
        policy: what is known of licences besides.
    """
    name = normalise(str(known["name"]))
    purl = f"pkg:pypi/{quote(name, safe='')}@{quote(str(known['version']), safe='')}"
    component: Document = {
        "type": "library",
        "bom-ref": purl,
        "name": known["name"],
        "version": known["version"],
        "purl": purl,
    }
    if known["summary"]:
        component["description"] = known["summary"]
    if found := licences.of_distribution(known, policy or Policy()):
        component["licenses"] = found
    bundled = [
        renamed(part, purl)
        # pyrefly: ignore[not-iterable]
        for bom in known["boms"]
        if bom.get("bomFormat") == "CycloneDX"
        for part in bom.get("components", [])
    ]
    return component | ({"components": bundled} if bundled else {})


def renamed(component: Document, owner: str) -> Document:
    """Return a component of another bill, its references unique in this one."""
    copy = dict(component)
    if "bom-ref" in copy:
        copy["bom-ref"] = f"{owner}#{copy['bom-ref']}"
    if "components" in copy:
        copy["components"] = [renamed(part, owner) for part in copy["components"]]
    return copy


def first_party_component(folder: str, licence: str) -> Document:
    """Return a folder of first-party code."""
    return {
        "type": "application",
        "bom-ref": f"first-party:{folder}",
        "name": folder,
        "licenses": [{"expression": licence}],
    }


def bill(name: str, components: Iterable[Document]) -> Document:
    """Return the whole document."""
    unique = {component["bom-ref"]: component for component in components}
    parts = [unique[ref] for ref in sorted(unique)]
    root = f"image:{name}"
    text = json.dumps([name, parts], sort_keys=True)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": SPEC_VERSION,
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, text)}",
        "version": 1,
        "metadata": {"component": {"type": "container", "bom-ref": root, "name": name}},
        "components": parts,
        "dependencies": [{"ref": root, "dependsOn": sorted(unique)}],
    }


def components_of(
    base: Image, indexes: Sequence[Document], policy: Policy
) -> Iterable[Document]:
    """Yield what the base and the layers with indexes hold.

    Args:
        base: the image's base.
        indexes: what is known of the distributions in each layer.
        policy: what is known of licences besides.
    """
    files = base_files(base)
    for path, text in sorted(files.items()):
        if path == _OS_RELEASE:
            yield system_component(text)
        elif path.startswith(_STATUS) and "Package" in (entry := fields(text)):
            name = entry["Package"]
            yield package_component(
                entry, files.get(f"usr/share/doc/{name}/copyright", "")
            )
    for index in indexes:
        if index["python"]:
            yield interpreter_component(index["python"])
        for known in index["distributions"]:
            yield distribution_component(known, policy)
