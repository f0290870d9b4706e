"""Equal inputs give equal images on both supply lines.

The digests were given by rules_oci 2.3.0's own programs.
"""

from pathlib import Path

import pytest

_DIGESTS = {
    "scratch": "721f7055dd3bab220c502a761fe7bc3a643cefacfdf04fa749196bfa03384554",
    "app": "0291026909f90b804147ebb875a1d1938f700617f97dea7544aca947c212ba85",
    "over": "49b27e2cc5ef51687a55d974663e8d9ca485b58c4693b0ae1f7770248e297669",
    "restart": "0039a64acb1e726f262dce5b0199e65cfe78826cad263e11aa3e9962d377e81d",
    "arm": "47ded7e5aeb3222c1e25a37ebad0e9df7f2cecacabb8360469cbc13fe78a31ce",
    "both": "a62477efc65188a6b7252431c7c85e71260b6d67ea3761abca9dccf17e85e700",
}


@pytest.mark.parametrize("name", _DIGESTS)
def test_the_digest_is_that_of_the_public_rules(name: str) -> None:
    path = Path("tools/image/tests") / f"{name}.json.sha256"

    assert path.read_text(encoding="utf-8") == f"sha256:{_DIGESTS[name]}\n"
