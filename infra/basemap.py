"""Builds the base map, one PMTiles file, from GeoJSON files of roads, water, green, places,
buildings and house numbers.

`basemap_layers` defines what each layer takes from its files.
"""

import gzip
import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TextIO

from chalicelib.errors import ConfigurationError
from chalicelib.settings import for_another_program
from infra.basemap_layers import LAYERS, UnreadableFeature, read_feature

CONTENT_TYPE = "application/vnd.pmtiles"
MIN_ZOOM, MAX_ZOOM = 10, 14
OS_ATTRIBUTION = "Contains OS data © Crown copyright and database right"
ENDINGS = (".geojson.gz", ".geojson")
OTHER_NAMES = {
    "greenspace": "green",
    "place_names": "places",
    "building": "buildings",
    "addresses": "house_numbers",
}
"""Names of files in other publications, by the layer that they become."""


class BasemapError(ConfigurationError):
    """The message names the file and says what to do."""


@dataclass(frozen=True)
class RefusedFeature:
    file: Path
    number: int  # of the feature in its file, from 1
    reason: str


@dataclass
class Summary:
    taken: dict[str, int] = field(default_factory=dict)  # features per layer
    refused: list[RefusedFeature] = field(default_factory=list)
    size: int = 0  # of the PMTiles, in bytes


def build(
    files: Sequence[Path],
    out: Path,
    *,
    attribution: str = OS_ATTRIBUTION,
    name: str = "Base map",
    description: str = "",
    progress: Callable[[int], None] = lambda files: None,
) -> Summary:
    """Write the PMTiles; `progress` is called with 1 for each file read."""
    layers = [(file, layer_of(file)) for file in files]
    if not layers:
        raise BasemapError("No files to build the map from: give at least one .geojson file.")
    summary = Summary()
    with tempfile.TemporaryDirectory() as folder:
        for file, layer in layers:
            with (Path(folder) / f"{layer}.json").open("a", encoding="utf-8") as lines:
                _write_features(file, layer, lines, summary)
            progress(1)
        _tile(Path(folder), list(summary.taken), out, (name, description, attribution))
    summary.size = out.stat().st_size
    return summary


def layer_of(file: Path) -> str:
    """The layer a file becomes, by its name: `roads.geojson`, `bath_place_names.geojson.gz`."""
    ending = next((e for e in ENDINGS if file.name.endswith(e)), None)
    if ending is None:
        raise BasemapError(f"{file} is not GeoJSON: give a file that ends in .geojson(.gz).")
    stem = file.name.removesuffix(ending).lower()
    names = {**{layer: layer for layer in LAYERS}, **OTHER_NAMES}
    for name, layer in names.items():
        if stem == name or stem.endswith(f"_{name}"):
            return layer
    raise BasemapError(
        f"{file} belongs to no layer: name it {', '.join(LAYERS)}.geojson, or end its name with "
        "one of these."
    )


def features_of(file: Path) -> list[Any]:
    """The features of a GeoJSON file, unchecked. Raises BasemapError."""
    try:
        raw = file.read_bytes()
        document = json.loads(gzip.decompress(raw) if file.name.endswith(".gz") else raw)
    except FileNotFoundError:
        raise BasemapError(f"{file} does not exist: check its path.") from None
    except (OSError, EOFError, ValueError) as error:
        raise BasemapError(f"{file} cannot be read as GeoJSON ({error}): save it again.") from None
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise BasemapError(f"{file} is not GeoJSON: it needs a FeatureCollection at its top.")
    return features


def _write_features(file: Path, layer: str, lines: TextIO, summary: Summary) -> None:
    """Writes what the layer takes of the file's features, a line each."""
    for number, feature in enumerate(features_of(file), 1):
        try:
            taken = read_feature(layer, feature)
        except UnreadableFeature as reason:
            summary.refused.append(RefusedFeature(file, number, str(reason)))
        else:
            summary.taken[layer] = summary.taken.get(layer, 0) + 1
            lines.write(json.dumps(taken, ensure_ascii=False) + "\n")


def _tile(folder: Path, layers: list[str], out: Path, texts: tuple[str, str, str]) -> None:
    """Run tippecanoe inside the folder, so that its metadata contain no path of this machine."""
    if not layers:
        raise BasemapError(f"Nothing to draw for {out}: every feature of its files was refused.")
    run = subprocess.run(
        _command(layers, texts),
        executable=_tippecanoe(),
        cwd=folder,
        env=for_another_program(),
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise BasemapError(f"{out} was not built. tippecanoe reported: {run.stderr.strip()[-400:]}")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes((folder / "map.pmtiles").read_bytes())


def _command(layers: list[str], texts: tuple[str, str, str]) -> list[str]:
    name, description, attribution = texts
    return [
        *("tippecanoe", "--quiet", "--output=map.pmtiles"),
        *(f"--name={name}", f"--description={description}", f"--attribution={attribution}"),
        *(f"--minimum-zoom={MIN_ZOOM}", f"--maximum-zoom={MAX_ZOOM}", "--drop-rate=1"),
        *("--no-tile-stats", "--no-feature-limit", "--no-tile-size-limit"),
        *(f"--named-layer={layer}:{layer}.json" for layer in layers),
    ]


def _tippecanoe() -> str:
    """The program: from the Python package cubao-tippecanoe, else the one on the path."""
    package = find_spec("cubao_tippecanoe")
    for folder in (package and package.submodule_search_locations) or ():
        program = Path(folder) / "__cubao_tippecanoe_tippecanoe.exe"
        if program.exists():
            return str(program)
    found = shutil.which("tippecanoe")
    if found is None:
        raise BasemapError("Tippecanoe is missing: install the Python package cubao-tippecanoe.")
    return found
