"""What newproject does."""


def greeting(name: str) -> str:
    """Return a greeting of somebody."""
    return f"Hello, {name}!"
