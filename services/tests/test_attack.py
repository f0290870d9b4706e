"""Attacks the running API by its own description: whatever comes, it answers as it says."""

from pathlib import Path
from typing import Any, cast

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from services.tests.programs import start_api


# Not by schemathesis's own decorator, which fails with pytest 9.2.
def test_every_answer_is_as_described(
    tmp_path: Path, subtests: pytest.Subtests
) -> None:
    attacked = 0
    with start_api(tmp_path, {"XDG_STATE_HOME": str(tmp_path)}) as program:
        schema = schemathesis.openapi.from_url(f"{program.address}/openapi.json")
        for result in schema.get_all_operations():
            operation = cast("Any", result).ok()
            attacked += 1
            with subtests.test(operation.label):
                _attack(operation)

    assert attacked == 6
    assert "request failed" not in program.log


def _attack(
    operation: Any,
) -> None:  # Any: schemathesis's operations are generic in depth
    @given(case=operation.as_strategy())
    @settings(
        max_examples=100,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def attack(case: Any) -> None:
        case.call_and_validate()

    attack()
