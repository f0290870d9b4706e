"""The HTTP interface."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from libs.ml.classifier import Classifier
from libs.telemetry import prometheus
from services.fastapi_ml import bodies, problems
from services.fastapi_ml.schemas import (
    Health,
    PredictedDigit,
    PredictionRequest,
    PredictionResponse,
    Readiness,
)

router = APIRouter()


# First, since routes are tried in order and this one is asked for the most.
@router.post(
    "/v1/predictions",
    summary="Predict now",
    response_model=PredictionResponse,
    responses=problems.responses(400, 413, 415, 422),
    openapi_extra=bodies.describe(PredictionRequest),
)
async def predict(request: Request) -> Response:
    """Name the digit in each image, and wait for it."""
    body = await bodies.read(request, PredictionRequest)
    classifier: Classifier = request.app.state.classifier
    digits = [PredictedDigit.of(each) for each in classifier.predict_valid(body.images)]
    answer = PredictionResponse.model_construct(predictions=digits)
    # As a response, since FastAPI would validate what is known to be right.
    return Response(answer.model_dump_json(), media_type="application/json")


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
