"""Equal inputs give equal images on both supply lines.

The digests were given by rules_oci 2.3.0's own programs.
"""

from pathlib import Path

import pytest

_DIGESTS = {
    "scratch": "721f7055dd3bab220c502a761fe7bc3a643cefacfdf04fa749196bfa03384554",
    "app": "b87b73f22a776617c2444f10a4993d04a57b9ab774281260d9eb781c3bf6891f",
    "over": "0e0d2d351aefd01b86867ce9a71a74ea0d5edd6af1b11299530179830c1d5378",
    "restart": "70447cf95b4935ec6a2316b875d7d5dd90b13b16f67f6fc228e96d2743ec415f",
    "arm": "47ded7e5aeb3222c1e25a37ebad0e9df7f2cecacabb8360469cbc13fe78a31ce",
    "both": "25136fe0c7dabf87f856fea3faa006e9b3ae0ca19f4971f69895a0f0050198d5",
}


@pytest.mark.parametrize("name", _DIGESTS)
def test_the_digest_is_that_of_the_public_rules(name: str) -> None:
    path = Path("tools/image/tests") / f"{name}.json.sha256"

    assert path.read_text(encoding="utf-8") == f"sha256:{_DIGESTS[name]}\n"
