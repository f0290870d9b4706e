"""The HTTP interface of jobs."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException, Path, Request, Response

from services.fastapi_ml import problems
from services.fastapi_ml.databases import StoreError
from services.fastapi_ml.enqueue import KeyReusedError, RefusedError
from services.fastapi_ml.jobs import Jobs
from services.fastapi_ml.routes import require_json
from services.fastapi_ml.schemas import JobAnswer, PredictionRequest

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
    dependencies=[Depends(require_json)],
    responses={
        202: {"headers": {"Location": {"schema": {"type": "string"}}}},
        **problems.responses(400, 409, 413, 415, 422, 503),
    },
)
async def post_job(
    body: PredictionRequest,
    response: Response,
    jobs: Annotated[Jobs, Depends(get_jobs)],
    key: Key = None,
) -> JobAnswer:
    """Queue a job; its Location has the result once there is one."""
    try:
        job = await jobs.enqueuer.submit(body.images, key)
    except KeyReusedError as error:
        raise HTTPException(409, str(error)) from error
    except RefusedError as error:
        raise HTTPException(503, str(error), _RETRY_AFTER) from error
    response.headers["Location"] = f"{router.prefix}/{job.id}"
    return JobAnswer.of(job)


# Not async: the store may have to wait, which a thread does without holding up others.
@router.get(
    "/{job_id}",
    summary="A job and its result",
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
