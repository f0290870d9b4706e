"""A library to stop in."""


def price(amount: int) -> int:
    """Return an amount in cents."""
    cents = amount * 100
    return max(cents, 0)
