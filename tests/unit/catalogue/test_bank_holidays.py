import json
from pathlib import Path

from chalicelib.catalogue.bank_holidays import BAKED, baked
from infra.bake_bank_holidays import bake


def test_baked_file_is_what_the_command_makes(tmp_path: Path) -> None:
    held = baked()
    bake(held.first_year, held.last_year, tmp_path / "again.json")
    assert json.loads((tmp_path / "again.json").read_text()) == json.loads(BAKED.read_text())


def test_baked_file_reaches_far_enough_for_every_promise() -> None:
    assert baked().last_year - baked().first_year >= 20
    assert set(baked().regions) == {"GB-ENG", "GB-SCT", "GB-WLS", "GB-NIR"}
