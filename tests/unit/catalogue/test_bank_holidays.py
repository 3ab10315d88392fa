import json
from pathlib import Path

from chalicelib.catalogue.bank_holidays import BANK_HOLIDAYS_FILE, read_bank_holidays
from infra.bake_bank_holidays import bake


def test_baked_file_is_what_the_command_makes(tmp_path: Path) -> None:
    held = read_bank_holidays()
    bake(held.first_year, held.last_year, tmp_path / "again.json")
    assert json.loads((tmp_path / "again.json").read_text()) == json.loads(
        BANK_HOLIDAYS_FILE.read_text()
    )


def test_baked_file_reaches_far_enough_for_every_promise() -> None:
    assert read_bank_holidays().last_year - read_bank_holidays().first_year >= 20
    assert set(read_bank_holidays().regions) == {"GB-ENG", "GB-SCT", "GB-WLS", "GB-NIR"}
