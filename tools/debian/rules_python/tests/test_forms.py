"""The stand-in gives what upstream gives, and no more: these tests pass on both lines.

What the stand-in alone offers would be used, and missed on the public line.
"""

import json
from pathlib import Path
from typing import Any

import pytest

FORMS = Path("tools/debian/rules_python/tests/forms.json")


@pytest.fixture(name="forms")
def _forms() -> dict[str, Any]:
    forms: dict[str, Any] = json.loads(FORMS.read_text(encoding="utf-8"))
    return forms


def test_the_interpreter_is_a_toolchain_and_no_runtime(forms: dict[str, Any]) -> None:
    interpreter = forms["interpreter"]

    assert interpreter["providers"] == ["TemplateVariableInfo", "ToolchainInfo"]
    assert interpreter["variable"] == interpreter["python"]
    assert interpreter["files"] > 1


def test_a_distribution_is_a_library_under_its_own_name(forms: dict[str, Any]) -> None:
    assert forms["distribution"]["providers"] == ["PyInfo"]


def test_a_distribution_names_its_files_and_its_metadata(
    forms: dict[str, Any],
) -> None:
    distribution = forms["distribution"]

    # Upstream adds the wheel and its description to the files.
    assert any("/site-packages" in file for file in distribution["files"])
    assert any(".dist-info" in file for file in distribution["dist_info"])
