"""Tests of bills of materials."""

from tools.image.attest import bom
from tools.lock.audit.policy import Policy

KNOWN = {
    "name": "Typing_Extensions",
    "version": "4.1",
    "licence_expression": "",
    "licence": "Python's",
    "licence_classifiers": [],
    "summary": "",
    "boms": [],
}


def test_a_distribution_is_named_as_scanners_know_it() -> None:
    got = bom.distribution_component(KNOWN)

    assert got["purl"] == "pkg:pypi/typing-extensions@4.1"
    assert got["licenses"] == [{"license": {"name": "Python's"}}]


def test_a_licence_in_the_words_of_spdx_is_an_expression() -> None:
    got = bom.distribution_component({**KNOWN, "licence_expression": "MIT OR PSF-2.0"})

    assert got["licenses"] == [{"expression": "MIT OR PSF-2.0"}]


def test_classifiers_say_more_than_words_and_less_than_an_expression() -> None:
    own = [
        "License :: OSI Approved",
        "License :: OSI Approved :: MIT License",
        "License :: OSI Approved :: BSD License",
    ]
    told = {**KNOWN, "licence_classifiers": own}

    got = bom.distribution_component(told)
    said = bom.distribution_component({**told, "licence_expression": "MIT"})

    assert got["licenses"] == [
        {"license": {"name": "BSD License"}},
        {"license": {"id": "MIT"}},
    ]
    assert said["licenses"] == [{"expression": "MIT"}]


def test_what_a_person_read_counts_before_what_the_metadata_says() -> None:
    policy = Policy(reviewed={"typing-extensions": "BSD-3-Clause"})

    got = bom.distribution_component({**KNOWN, "licence": "BSD"}, policy)

    assert got["licenses"] == [{"expression": "BSD-3-Clause"}]


def test_words_that_are_a_licence_of_the_policy_are_one() -> None:
    policy = Policy(images=frozenset({"MIT"}))

    got = bom.distribution_component({**KNOWN, "licence": "MIT"}, policy)

    assert got["licenses"] == [{"expression": "MIT"}]


def test_a_distribution_that_says_nothing_has_no_licence() -> None:
    got = bom.distribution_component({**KNOWN, "licence": ""})

    assert "licenses" not in got


def test_licences_of_a_package_are_those_of_its_copyright_file() -> None:
    entry = {"Package": "zlib1g", "Version": "1"}
    text = "Format: https://x.invalid/\nLicense: Zlib\n words\n\nLicense: GPL-2+\nLicense: Zlib\n"

    got = bom.package_component(entry, text)

    assert got["licenses"] == [
        {"license": {"name": "GPL-2+"}},
        {"license": {"name": "Zlib"}},
    ]
    assert "licenses" not in bom.package_component(entry, "It is free.\nLicense: x\n")


def test_what_a_wheel_bundles_is_part_of_it() -> None:
    shipped = {
        "bomFormat": "CycloneDX",
        "components": [
            {"type": "library", "bom-ref": "libssl", "name": "libssl", "components": []}
        ],
    }

    got = bom.distribution_component({**KNOWN, "boms": [shipped]})

    assert got["components"] == [
        {
            "type": "library",
            "bom-ref": "pkg:pypi/typing-extensions@4.1#libssl",
            "name": "libssl",
            "components": [],
        }
    ]


def test_a_bill_of_another_format_is_left_out() -> None:
    got = bom.distribution_component({**KNOWN, "boms": [{"spdxVersion": "SPDX-2.3"}]})

    assert "components" not in got


def test_versions_of_packages_are_escaped() -> None:
    paragraph = "Package: zlib1g\nVersion: 1:1.3+b1\nArchitecture: amd64\nDescription: x\n long: text\n"

    got = bom.package_component(bom.fields(paragraph), "")

    assert got["purl"] == "pkg:deb/debian/zlib1g@1%3A1.3%2Bb1?arch=amd64"


def test_the_order_of_components_does_not_matter() -> None:
    one, two = bom.first_party_component("libs/a", "MIT"), bom.interpreter_component(
        "3.14.1"
    )

    assert bom.bill("x", [one, two, one]) == bom.bill("x", [two, one])
