"""The programs that BUILD files are edited with, as the build names them."""

from tools.fix.conftest import programs, pytest_addoption

__all__ = ["programs", "pytest_addoption"]
