"""Takes the pictures of the app that a phone or computer shows before it installs the app."""

import io
import json
import shutil
from pathlib import Path
from typing import NamedTuple

import click
from PIL import Image

from chalicelib.errors import ConfigurationError

FOLDER = Path(__file__).parent.parent / "web" / "screenshots"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"]
QUALITY = 70


class Screen(NamedTuple):
    """A picture of the home page; `scale`: its pixels for each CSS pixel."""

    form_factor: str
    label: str
    width: int
    height: int
    scale: int

    @property
    def name(self) -> str:
        return f"screenshot-{self.form_factor}.webp"

    @property
    def manifest(self) -> dict[str, str]:
        """The picture as the web app's manifest describes it."""
        return {
            "src": f"/{self.name}",
            "sizes": f"{self.width * self.scale}x{self.height * self.scale}",
            "type": "image/webp",
            "form_factor": self.form_factor,
            "label": self.label,
        }


SCREENS = (
    Screen("narrow", "Report a problem from your phone", 360, 720, 2),
    Screen("wide", "Report a problem, track it and see your area", 1280, 800, 1),
)


@click.command("screenshots")
@click.argument("council")
@click.argument("url", default="http://127.0.0.1:8000")
def screenshots(council: str, url: str) -> None:
    """Take the screenshots of COUNCIL for the web app manifest, at URL, such as that of
    `make run COUNCIL=bath`. Run it again when the home page or the council's look changes, and
    commit them."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if chromium is None:
        raise ConfigurationError("There is no chromium here: `make setup` installs it.")
    folder = FOLDER / council
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for screen in SCREENS:
            page = browser.new_page(
                viewport={"width": screen.width, "height": screen.height},
                device_scale_factor=screen.scale,
                color_scheme="light",
            )
            page.goto(url, wait_until="networkidle")
            (folder / screen.name).write_bytes(_compress_png(page.screenshot()))
    click.echo(json.dumps({path.name: path.stat().st_size for path in sorted(folder.iterdir())}))


def read_screenshots(council: str) -> dict[Screen, bytes]:
    """The screenshots of that council which there are."""
    paths = {screen: FOLDER / council / screen.name for screen in SCREENS}
    return {screen: path.read_bytes() for screen, path in paths.items() if path.exists()}


def _compress_png(png: bytes) -> bytes:
    out = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").save(out, "WEBP", quality=QUALITY, method=6)
    return out.getvalue()
