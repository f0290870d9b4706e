"""The worlds that a test is run in: what a good test doesn't notice.

Hash seeds are others in each run anyway, since tests run isolated from the environment.
"""

import os
from typing import NamedTuple


class World(NamedTuple):
    """One way to run tests."""

    name: str
    flags: tuple[str, ...]


def worlds(seed: int) -> list[World]:
    """Return the worlds of a hunt; another seed gives other orders."""
    crowd = f"--local_test_jobs={4 * (os.cpu_count() or 1)}"
    # What can't be split runs whole in each shard.
    shards = (
        "--test_sharding_strategy=forced=2",
        "--noincompatible_check_sharding_support",
    )
    order = [f"--test_env=TEST_ORDER_SEED={seed + number}" for number in range(4)]
    return [
        World("as it is", ()),
        World("another order, far east", (order[0], "--test_env=TZ=Etc/GMT-14")),
        World("another order, crowded", (order[1], crowd)),
        World("two shards, far west", (order[2], *shards, "--test_env=TZ=Etc/GMT+12")),
        World(
            "another order, another locale, crowded",
            (order[3], crowd, "--test_env=LC_ALL=C"),
        ),
    ]
