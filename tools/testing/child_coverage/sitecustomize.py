"""Starts coverage.py in a Python process that a measured test started; the interpreter imports it by its name."""

import importlib.machinery
import os
import sys


def start() -> None:
    """Measure this process as the environment says."""
    folder = os.environ.get("MONOREPO_COVERAGE_PATH")
    if not folder or not os.path.exists(os.environ.get("COVERAGE_PROCESS_START", "")):
        return
    # The process may have a coverage.py of its own, or none.
    sys.path.append(folder)
    try:
        import coverage  # noqa: PLC0415  # its folder is known only now
    finally:
        sys.path.remove(folder)
    coverage.process_startup()


def give_way() -> None:
    """Run the `sitecustomize` that this one stands before, if there is one."""
    here = os.path.dirname(os.path.abspath(__file__))
    path = [entry for entry in sys.path if os.path.abspath(entry) != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", path)
    if spec and spec.loader:
        spec.loader.exec_module(sys.modules[__name__])


start()
give_way()
