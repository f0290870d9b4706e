"""The yardstick: predictions as 60 lines of FastAPI serve them, without telemetry, jobs and settings.

Invoked as: idiomatic PORT
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import uvicorn
from fastapi import Depends, FastAPI, Request
from pydantic import BaseModel, Field

from libs.ml import classifier
from libs.ml.classifier import Classifier

type Pixel = Annotated[int, Field(ge=0, le=16)]
type Row = Annotated[list[Pixel], Field(min_length=8, max_length=8)]
type Image = Annotated[list[Row], Field(min_length=8, max_length=8)]


class Images(BaseModel):
    """One image or many."""

    images: list[Image]


class Digit(BaseModel):
    """What an image was taken for."""

    digit: int
    confidence: float
    probabilities: list[float]


class Digits(BaseModel):
    """One digit for each image."""

    predictions: list[Digit]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Load the model."""
    app.state.classifier = classifier.load()
    yield


app = FastAPI(lifespan=lifespan)


def get_classifier(request: Request) -> Classifier:
    """Return the model."""
    loaded: Classifier = request.app.state.classifier
    return loaded


@app.post("/v1/predictions")
async def predict(
    body: Images, model: Annotated[Classifier, Depends(get_classifier)]
) -> Digits:
    """Name the digits."""
    predictions = model.predict(body.images)
    return Digits.model_validate({"predictions": predictions}, from_attributes=True)


if __name__ == "__main__":
    port = int(sys.argv[1])
    print(f"idiomatic serves on http://127.0.0.1:{port}", flush=True)
    uvicorn.run(app, port=port, log_level="warning")
