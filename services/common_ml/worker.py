"""What the worker does with a job."""

from libs.contracts.digits import JOBS, RESULTS, Digit, JobMessage, JobResult
from libs.ml.classifier import Classifier, ImageError
from libs.mq.task import Task, each


def predict(classifier: Classifier, job: JobMessage) -> JobResult:
    """Return the answer to a job: the same one however often it is asked."""
    try:
        predictions = classifier.predict(job.images)
    except ImageError as error:
        return JobResult(job_id=job.job_id, error=str(error))
    digits = [
        Digit(digit=prediction.digit, probabilities=list(prediction.probabilities))
        for prediction in predictions
    ]
    return JobResult(job_id=job.job_id, digits=digits)


def task(classifier: Classifier) -> Task[JobMessage, JobResult]:
    """Return what the loop of libs/mq is to run."""
    return Task(
        source=JOBS,
        wanted=JobMessage,
        handle=each(lambda job: predict(classifier, job)),
        results=RESULTS,
        batch=256,
    )
