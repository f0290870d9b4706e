"""Answers bad requests with problem details (RFC 9457), not FastAPI's own forms."""

import http
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from libs.telemetry import request_ids

MEDIA_TYPE = "application/problem+json"


class Fault(BaseModel):
    """One thing that is wrong with a request."""

    pointer: str = Field(
        description="Where, as a JSON pointer (RFC 6901) into the request."
    )
    detail: str


class Problem(BaseModel):
    """Problem details for HTTP APIs: RFC 9457."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    request_id: str | None = Field(
        default=None, description="To be named when asking for help."
    )
    errors: list[Fault] = Field(default=[], description="Every fault that was found.")


def _schema() -> dict[str, Any]:  # Any: JSON
    schema = Problem.model_json_schema()
    # In place: FastAPI lists a model by name only where the answer is of the route's own media type.
    schema["properties"]["errors"]["items"] = schema.pop("$defs")["Fault"]
    return schema


def responses(
    *statuses: int,
) -> dict[int | str, dict[str, Any]]:  # Any: FastAPI's own type
    """Return the OpenAPI description of the problems that a route answers with."""
    schema = _schema()
    return {
        status: {
            "description": http.HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        for status in statuses
    }


def answer(
    status: int,
    detail: str,
    errors: Sequence[Fault] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a problem as a response."""
    problem = Problem(
        title=http.HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        request_id=request_ids.current.get(),
        errors=list(errors),
    )
    return JSONResponse(
        problem.model_dump(exclude_defaults=True) | {"type": problem.type},
        status,
        headers,
        media_type=MEDIA_TYPE,
    )


def install(app: FastAPI) -> None:
    """Make an app answer every failure with a problem."""
    app.exception_handler(HTTPException)(_on_http_exception)
    app.exception_handler(RequestValidationError)(_on_invalid_request)
    app.exception_handler(Exception)(_on_unknown_failure)


async def _on_http_exception(_: Request, error: HTTPException) -> Response:
    return answer(error.status_code, error.detail, headers=error.headers)


async def _on_invalid_request(_: Request, error: RequestValidationError) -> Response:
    found = error.errors()
    if found[0]["type"] == "json_invalid":
        return answer(400, f"The body isn't JSON: {found[0]['ctx']['error']}.")
    return answer(
        422,
        f"The request has {len(found)} fault{'s' if len(found) > 1 else ''}.",
        [Fault(pointer=_pointer(e["loc"]), detail=e["msg"]) for e in found],
    )


async def _on_unknown_failure(_: Request, __: Exception) -> Response:
    # This answer doesn't go through the middleware, which would name the request.
    headers = {request_ids.HEADER: request_ids.current.get() or ""}
    text = "The service failed; its log says why, under this request id."
    return answer(500, text, headers=headers)


def _pointer(location: Sequence[str | int]) -> str:
    # FastAPI puts first where the value came from: body, query, path or header.
    steps = location[1:] if location[0] == "body" else location
    return "".join(f"/{str(s).replace('~', '~0').replace('/', '~1')}" for s in steps)
