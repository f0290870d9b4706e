"""The contract between the API and the worker: jobs one way, results the other."""

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from libs.mq.messages import Message
from libs.mq.queues import Queue

JOBS = Queue("digits.jobs")
RESULTS = Queue("digits.results")

type JobId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class JobMessage(Message):
    """Asks for the digits in some images."""

    kind: ClassVar[str] = "predict-digits"

    job_id: JobId
    images: list[list[list[int]]]


class Digit(BaseModel):
    """What an image was taken for."""

    model_config = ConfigDict(frozen=True)

    digit: int = Field(ge=0, le=9)
    probabilities: list[float]


class JobResult(Message):
    """Answers a job: by one digit for each image, or by what was wrong with it."""

    kind: ClassVar[str] = "digits-predicted"

    job_id: JobId
    digits: list[Digit] = Field(default_factory=list)
    error: str | None = None
