"""Writes the bank holidays of the United Kingdom's nations into the catalogue."""

import json
from importlib.metadata import version
from pathlib import Path

import holidays

REGIONS = ("ENG", "SCT", "WLS", "NIR")


def bake(first_year: int, last_year: int, out: Path) -> int:
    """Writes the file for whole years, both included. Returns the number of dates in it."""
    years = range(first_year, last_year + 1)
    regions = {
        f"GB-{region}": sorted(
            day.isoformat()
            for day in holidays.country_holidays("GB", subdiv=region, years=years)
            if first_year <= day.year <= last_year
        )
        for region in REGIONS
    }
    content = {
        "source": f"holidays {version('holidays')} (PyPI)",
        "first_year": first_year,
        "last_year": last_year,
        "regions": regions,
    }
    out.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return sum(map(len, regions.values()))
