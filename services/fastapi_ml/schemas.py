"""What callers send and get, as OpenAPI shows it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from libs.ml.classifier import Prediction
from libs.ml.features import BLACK, SIDE

MAX_IMAGES = 256

EXAMPLE_IMAGE = [
    [0, 0, 5, 13, 9, 1, 0, 0],
    [0, 0, 13, 15, 10, 15, 5, 0],
    [0, 3, 15, 2, 0, 11, 8, 0],
    [0, 4, 12, 0, 0, 8, 8, 0],
    [0, 5, 8, 0, 0, 9, 8, 0],
    [0, 4, 11, 0, 1, 12, 7, 0],
    [0, 2, 14, 5, 10, 12, 0, 0],
    [0, 0, 6, 13, 10, 0, 0, 0],
]

_EXAMPLES: dict[str, JsonValue] = {
    "examples": [{"images": [[list[JsonValue](row) for row in EXAMPLE_IMAGE]]}]
}

type Pixel = Annotated[int, Field(strict=True, ge=0, le=BLACK)]
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

    @classmethod
    def of(cls, prediction: Prediction) -> PredictedDigit:
        """Return a prediction as it is answered."""
        return cls.model_construct(
            digit=prediction.digit,
            confidence=prediction.confidence,
            probabilities=list(prediction.probabilities),
        )


class PredictionResponse(BaseModel):
    """One prediction for each image, in the same order."""

    predictions: list[PredictedDigit]


class Health(BaseModel):
    """That the process lives."""

    status: str = "ok"


class Readiness(BaseModel):
    """Whether requests can be served, and by what if not."""

    status: str
    checks: dict[str, str]
