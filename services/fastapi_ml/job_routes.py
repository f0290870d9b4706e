"""The HTTP interface of jobs."""

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException, Path, Request, Response

from services.fastapi_ml import bodies, problems
from services.fastapi_ml.intake import KeyReusedError, RefusedError
from services.fastapi_ml.jobs import Jobs
from services.fastapi_ml.schemas import JobAnswer, PredictionRequest
from services.fastapi_ml.store import StoreError

router = APIRouter(prefix="/v1/jobs")

_RETRY_AFTER = {"Retry-After": "1"}


async def get_jobs(request: Request) -> Jobs:
    """Return what the app started with."""
    jobs: Jobs = request.app.state.jobs
    return jobs


type JobId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
type Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern="^[!-~]+$",
        description="The same key twice is one job, however often it is sent.",
    ),
]


@router.post(
    "",
    status_code=202,
    summary="Predict later",
    response_model=JobAnswer,
    responses={
        202: {"headers": {"Location": {"schema": {"type": "string"}}}},
        **problems.responses(400, 409, 413, 415, 422, 503),
    },
    openapi_extra=bodies.describe(PredictionRequest),
)
async def post_job(
    request: Request,
    jobs: Annotated[Jobs, Depends(get_jobs)],
    key: Key = None,
) -> Response:
    """Queue a job; its Location tells the result once there is one."""
    body = await bodies.read(request, PredictionRequest)
    # Whole numbers in whole: the text is kept, and read again for the message.
    whole = [[[int(pixel) for pixel in row] for row in each] for each in body.images]
    images = json.dumps(whole, separators=(",", ":"))
    try:
        job = await jobs.submissions.submit(images, key)
    except KeyReusedError as error:
        raise HTTPException(409, str(error)) from error
    except RefusedError as error:
        raise HTTPException(503, str(error), _RETRY_AFTER) from error
    # As a response, since FastAPI would validate what is known to be right.
    return Response(
        JobAnswer.of(job).model_dump_json(),
        202,
        {"Location": f"{router.prefix}/{job.id}"},
        "application/json",
    )


# Not async: the store may have to wait, which a thread does without holding up others.
@router.get(
    "/{job_id}",
    summary="Tell how a job fares",
    responses=problems.responses(404, 422, 503),
)
def get_job(job_id: JobId, jobs: Annotated[Jobs, Depends(get_jobs)]) -> JobAnswer:
    """Return a job and, once it is done, its predictions."""
    try:
        job = jobs.store.get(job_id)
    except StoreError as error:
        raise HTTPException(503, "The store can't be reached.", _RETRY_AFTER) from error
    if job is None:
        raise HTTPException(404, f"There is no job {job_id}.")
    return JobAnswer.of(job)
