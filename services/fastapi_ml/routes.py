"""The HTTP interface."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from fastapi.routing import APIRoute

from libs.ml.classifier import Classifier
from libs.telemetry import prometheus
from services.fastapi_ml import bodies, problems
from services.fastapi_ml.schemas import (
    Health,
    PredictionRequest,
    PredictionResponse,
    Readiness,
)


class BareRoute(APIRoute):
    """A route whose function reads the request and makes the response, both by itself.

    FastAPI would look for a body and for dependencies, which such a function has none of.
    https://fastapi.tiangolo.com/how-to/custom-request-and-route/
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the function itself."""
        handler: Callable[[Request], Coroutine[Any, Any, Response]] = self.endpoint
        return handler


router = APIRouter()


async def predict(request: Request) -> Response:
    """Name the digit in each image, and wait for it."""
    body = await bodies.read(request, PredictionRequest)
    classifier: Classifier = request.app.state.classifier
    predictions = classifier.predict_valid(body.images)
    # As a response, since FastAPI would validate what is known to be right.
    answer = PredictionResponse.encode(predictions)
    return Response(answer, media_type="application/json")


def add_predict(app: FastAPI) -> None:
    """Add the route that is asked for the most to the app itself.

    Of a router that an app includes, FastAPI looks through the routes twice.
    """
    app.router.add_api_route(
        "/v1/predictions",
        predict,
        methods=["POST"],
        summary="Predict now",
        response_model=PredictionResponse,
        responses=problems.responses(400, 413, 415, 422),
        openapi_extra=bodies.describe(PredictionRequest),
        route_class_override=BareRoute,
    )


@router.get("/healthz", summary="Tell that the process lives")
async def healthz() -> Health:
    """Answer as long as the process can answer at all."""
    return Health()


# Not async: the checks ask the store, which may have to wait.
@router.get(
    "/readyz",
    summary="Tell whether requests can be served",
    responses={503: {"model": Readiness}},
)
def readyz(request: Request, response: Response) -> Readiness:
    """Check what requests need: the model, the queue and the store."""
    state = request.app.state
    checks = {"model": "ok" if hasattr(state, "classifier") else "not loaded"}
    if hasattr(state, "jobs"):
        checks |= state.jobs.checks()
    ready = all(state == "ok" for state in checks.values())
    response.status_code = 200 if ready else 503
    return Readiness(status="ready" if ready else "not ready", checks=checks)


@router.get(
    "/metrics",
    summary="Tell Prometheus how the service fares",
    response_class=PlainTextResponse,
)
def metrics() -> Response:
    """Return the process's metrics."""
    text, media_type = prometheus.exposition()
    return Response(text, media_type=media_type)
