"""A test of the lock against known advisories."""

load("//tools/findings:findings_test.bzl", "findings_test")

def advisories_test(name, snapshot):
    """Checks the lock against a snapshot of advisories; without one there is no test, since nothing would be known.

    Args:
      name: the test's name.
      snapshot: a list of the snapshot, or of nothing.
    """
    if not snapshot:
        return
    findings_test(
        name = name,
        size = "small",
        check = "audit",
        inputs = {label: "snapshot" for label in snapshot} | {
            "//:audit.toml": "policy",
            "//:requirements_lock.txt": "lock",
        },
        program = "//tools/lock/audit:check_advisories_program",
    )
