"""The HTTP interface of predictions, and of what orchestrators ask."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException, Request, Response
from fastapi.responses import PlainTextResponse

from libs.ml.classifier import Classifier
from libs.telemetry import prometheus
from services.fastapi_ml import problems
from services.fastapi_ml.schemas import (
    Health,
    PredictionRequest,
    PredictionResponse,
    Readiness,
)

router = APIRouter()


async def require_json(
    content_type: Annotated[str, Header(include_in_schema=False)] = "of no type",
) -> None:
    """Refuse a body that says to be anything else than JSON."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise HTTPException(415, f"The body is {media_type}, wanted application/json.")


async def get_classifier(request: Request) -> Classifier:
    """Return what the app loaded at its start."""
    classifier: Classifier = request.app.state.classifier
    return classifier


@router.post(
    "/v1/predictions",
    summary="Predict now",
    dependencies=[Depends(require_json)],
    responses=problems.responses(400, 413, 415, 422),
)
async def predict(
    body: PredictionRequest, classifier: Annotated[Classifier, Depends(get_classifier)]
) -> PredictionResponse:
    """Name the digit in each image, and wait for it."""
    return PredictionResponse.of(classifier.predict_valid(body.images))


@router.get("/healthz", summary="Whether the process lives")
async def healthz() -> Health:
    """Answer as long as the process can answer at all."""
    return Health()


# Not async: the checks ask the store, which may have to wait.
@router.get(
    "/readyz",
    summary="Whether requests can be served",
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
    summary="The process's metrics, for Prometheus",
    response_class=PlainTextResponse,
)
def metrics() -> Response:
    """Return the process's metrics."""
    text, media_type = prometheus.exposition()
    return Response(text, media_type=media_type)
