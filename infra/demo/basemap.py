"""Writes the demo council's base map from the invented town and its houses."""

import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any

from infra.basemap import Summary, build
from infra.demo.houses import house_features
from infra.demo.town import TOWN_NAME, features, load_town

ATTRIBUTION = f"{TOWN_NAME}, an invented town"
COMMITTED = Path(__file__).with_name("basemap.pmtiles")


def fingerprint() -> str:
    """A hash of every feature of the town; the base map carries it in its description."""
    return hashlib.sha256(json.dumps(_layers()).encode()).hexdigest()


def _layers() -> dict[str, list[dict[str, Any]]]:
    return {**features(load_town()), **house_features()}


def write_basemap(out: Path = COMMITTED) -> Summary:
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for layer, of_layer in _layers().items():
            file = Path(folder) / f"{layer}.geojson"
            file.write_text(json.dumps({"type": "FeatureCollection", "features": of_layer}))
            files.append(file)
        return build(
            files,
            out,
            attribution=ATTRIBUTION,
            name=f"{TOWN_NAME} base map",
            description=f"features {fingerprint()}",
        )
