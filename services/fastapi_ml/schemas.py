"""What callers send and get, as OpenAPI shows it."""

import json
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    WithJsonSchema,
)

from libs.ml.classifier import Prediction
from libs.ml.example import EXAMPLE_IMAGE
from libs.ml.features import BLACK, SIDE
from services.fastapi_ml.store import Job, State

MAX_IMAGES = 256

_EXAMPLES: dict[str, JsonValue] = {
    "examples": [{"images": [[list[JsonValue](row) for row in EXAMPLE_IMAGE]]}]
}

# To JSON Schema 3.0 is an integer, to Python's JSON parser it isn't: so it is a whole float.
type Pixel = Annotated[
    float,
    Field(strict=True, ge=0, le=BLACK, multiple_of=1, allow_inf_nan=False),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": BLACK}),
]
type Row = Annotated[list[Pixel], Field(min_length=SIDE, max_length=SIDE)]
type Image = Annotated[list[Row], Field(min_length=SIDE, max_length=SIDE)]


class PredictionRequest(BaseModel):
    """One image or many."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_EXAMPLES)

    images: list[Image] = Field(
        min_length=1,
        max_length=MAX_IMAGES,
        description="Each has 8 rows of 8 grey values, from 0 (white) to 16 (black).",
    )


class PredictedDigit(BaseModel):
    """What the classifier takes an image for."""

    digit: int = Field(ge=0, le=9)
    confidence: float = Field(ge=0, le=1, description="The probability of the digit.")
    probabilities: list[float] = Field(
        min_length=10,
        max_length=10,
        description="The probability of each digit from 0 to 9.",
    )


class PredictionResponse(BaseModel):
    """One prediction for each image, in the same order."""

    predictions: list[PredictedDigit]

    @classmethod
    def of(cls, predictions: Iterable[Prediction]) -> PredictionResponse:
        """Return predictions as they are answered."""
        return cls(
            predictions=[
                PredictedDigit(
                    digit=prediction.digit,
                    confidence=prediction.confidence,
                    probabilities=list(prediction.probabilities),
                )
                for prediction in predictions
            ]
        )


class Health(BaseModel):
    """That the process lives."""

    status: str = "ok"


class Readiness(BaseModel):
    """Whether requests can be served, and by what if not."""

    status: str
    checks: dict[str, str]


class JobAnswer(BaseModel):
    """A job, and what came of it."""

    id: str
    state: Literal["queued", "done", "failed"]
    predictions: list[PredictedDigit] | None = Field(
        default=None, description="One for each image, once the job is done."
    )
    error: str | None = Field(default=None, description="Why the job failed.")

    @classmethod
    def of(cls, job: Job) -> JobAnswer:
        """Return a job as it is answered."""
        match job.state, json.loads(job.result or "null"):
            case State.DONE, [*digits]:
                predictions = [
                    PredictedDigit(
                        **digit, confidence=digit["probabilities"][digit["digit"]]
                    )
                    for digit in digits
                ]
                return cls(id=job.id, state="done", predictions=predictions)
            case State.FAILED, reason:
                return cls(id=job.id, state="failed", error=str(reason))
        return cls(id=job.id, state="queued")
