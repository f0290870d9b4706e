"""The HTTP interface."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import PlainTextResponse

from libs.ml.classifier import Classifier
from libs.telemetry import prometheus
from services.fastapi_ml import problems
from services.fastapi_ml.bodies import JsonRoute
from services.fastapi_ml.schemas import (
    Health,
    PredictedDigit,
    PredictionRequest,
    PredictionResponse,
    Readiness,
)

router = APIRouter(route_class=JsonRoute)


async def get_classifier(request: Request) -> Classifier:
    """Return the classifier that the app loaded when it started."""
    classifier: Classifier = request.app.state.classifier
    return classifier


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


@router.post(
    "/v1/predictions",
    summary="Predict now",
    responses=problems.responses(400, 413, 415, 422),
)
async def predict(
    body: PredictionRequest, classifier: Annotated[Classifier, Depends(get_classifier)]
) -> PredictionResponse:
    """Name the digit in each image, and wait for it."""
    predictions = classifier.predict(body.images)
    return PredictionResponse(
        predictions=[PredictedDigit.of(each) for each in predictions]
    )
