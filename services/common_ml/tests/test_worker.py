"""Tests of what the worker answers to a job."""

import pytest

from libs.contracts.digits import JobMessage
from libs.ml import classifier
from libs.ml.classifier import Classifier
from services.common_ml.worker import predict

JOB = "0" * 32
WHITE = [[0] * 8] * 8


@pytest.fixture(scope="module")
def model() -> Classifier:
    return classifier.load()


def test_job_is_answered_by_a_digit_for_each_image(model: Classifier) -> None:
    got = predict(model, JobMessage(job_id=JOB, images=[WHITE, WHITE]))

    assert (got.job_id, got.error, len(got.digits)) == (JOB, None, 2)
    assert got.digits[0].digit == model.predict([WHITE])[0].digit


def test_same_job_has_the_same_answer(model: Classifier) -> None:
    job = JobMessage(job_id=JOB, images=[WHITE])

    assert predict(model, job) == predict(model, job)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        ([[17] * 8] * 8, "from 0 to 16"),
        ([[0] * 8] * 7, "wanted (any, 8, 8)"),
        ([[0] * 8, [0]], "differ in length"),
    ],
)
def test_image_that_is_none_is_answered_by_why(
    model: Classifier, image: list[list[int]], message: str
) -> None:
    got = predict(model, JobMessage(job_id=JOB, images=[image]))

    assert got.digits == []
    assert got.error
    assert message in got.error
