"""Tests that fail now and then, and for a while fail nothing: they run, and are reported as expected failures.

One dict each, at most 14 days long; `//tools/flaky:quarantine_test` checks the form, a test fails for a case that is gone,
and `bazel run //tools/flaky -- --expired` for one that is over. An entry:

    {
        "case": "libs/mq/tests/test_worker.py::test_stop",  # as pytest names it; with all its parameters where it names none
        "owner": "@acme/platform",
        "reason": "the broker is slow to start",
        "issue": "https://example.com/issues/7",
        "since": "2026-11-28",
        "expires": "2026-12-12",
    }
"""

QUARANTINE = []
