"""What the worker does with a job."""

from libs.ml.classifier import Classifier, ImageError
from libs.ml.jobs import JOBS, RESULTS, Digit, JobResult, PredictJob
from libs.mq.worker import Task, each


def predict(classifier: Classifier, job: PredictJob) -> JobResult:
    """Return the answer to a job: the same one however often it is asked."""
    try:
        predictions = classifier.predict(job.images)
    except ImageError as error:
        return JobResult(job_id=job.job_id, error=str(error))
    digits = [
        Digit(digit=one.digit, probabilities=list(one.probabilities))
        for one in predictions
    ]
    return JobResult(job_id=job.job_id, digits=digits)


def task(classifier: Classifier) -> Task[PredictJob, JobResult]:
    """Return what the loop of libs/mq is to run."""
    return Task(
        source=JOBS,
        wanted=PredictJob,
        handle=each(lambda job: predict(classifier, job)),
        results=RESULTS,
        batch=256,
    )
