"""Tests that the description is true: what it shows works when it is pasted."""

from pathlib import Path

from services.fastapi_ml import problems
from services.fastapi_ml.app import create_app
from services.fastapi_ml.tests.serving import serving, settings


def test_every_example_of_a_body_works(tmp_path: Path) -> None:
    with serving(tmp_path) as client:
        description = client.get("/openapi.json").json()
        tried = 0
        for path, operations in description["paths"].items():
            for method, operation in operations.items():
                if "requestBody" not in operation:
                    continue
                schema = operation["requestBody"]["content"]["application/json"][
                    "schema"
                ]
                name = schema["$ref"].rpartition("/")[2]
                for example in description["components"]["schemas"][name]["examples"]:
                    response = client.request(method, path, json=example)
                    assert response.is_success, response.text
                    tried += 1

    assert tried == 2


def test_problems_are_described_as_they_are_answered(tmp_path: Path) -> None:
    description = create_app(settings(tmp_path)).openapi()

    responses = description["paths"]["/v1/predictions"]["post"]["responses"]
    assert sorted(responses) == ["200", "400", "413", "415", "422"]
    assert list(responses["422"]["content"]) == ["application/problem+json"]
    schema = responses["422"]["content"]["application/problem+json"]["schema"]
    assert set(schema["properties"]) == {*problems.Problem.model_fields}
    fault = schema["properties"]["errors"]["items"]
    assert set(fault["properties"]) == {"pointer", "detail"}
    assert "HTTPValidationError" not in description["components"]["schemas"]
