"""An image and its bill of materials name one licence of first-party code."""

import json
import os
from pathlib import Path

from tools.image.oci.layout import Image


def test_label_and_bill_of_materials_say_the_same() -> None:
    settings = Image(Path(os.environ["IMAGE"])).settings
    bill = json.loads(Path(os.environ["SBOM"]).read_bytes())

    (folder,) = [it for it in bill["components"] if it["bom-ref"].startswith("first-")]
    licence = settings["Labels"]["org.opencontainers.image.licenses"]
    assert licence
    assert folder["licenses"] == [{"expression": licence}]
