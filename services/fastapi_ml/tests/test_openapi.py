"""Tests that the description is true: what it shows works when it is pasted."""

from starlette.testclient import TestClient

from services.fastapi_ml.app import create_app
from services.fastapi_ml.settings import Settings


def test_every_example_of_a_body_works() -> None:
    with TestClient(create_app(Settings())) as client:
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

    assert tried >= 1


def test_problems_are_described_as_they_are_answered() -> None:
    description = create_app(Settings()).openapi()

    responses = description["paths"]["/v1/predictions"]["post"]["responses"]
    assert sorted(responses) == ["200", "400", "413", "415", "422"]
    assert list(responses["422"]["content"]) == ["application/problem+json"]
    assert set(description["components"]["schemas"]) >= {"Problem", "Fault"}
    assert "HTTPValidationError" not in description["components"]["schemas"]
