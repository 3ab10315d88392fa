"""The screens that a test passes, side by side in one picture for the README.

`FILM_STRIP=docs/images/report.webp python -m pytest -n 0 tests/browser/test_report_path.py -k taps`
writes it.
"""

import io
import os
from dataclasses import dataclass, field

from PIL import Image
from playwright.sync_api import Page

GAP_PX, HEIGHT_PX, QUALITY = 12, 740, 70
FILE = os.environ.get("FILM_STRIP")


@dataclass
class FilmStrip:
    """Takes nothing unless FILM_STRIP names a file."""

    page: Page
    frames: list[Image.Image] = field(default_factory=list)

    def take(self) -> None:
        """Take the screen that is shown, from its top."""
        if FILE:
            self.page.wait_for_load_state("networkidle")
            self.page.evaluate("() => scrollTo(0, 0)")
            self.frames.append(Image.open(io.BytesIO(self.page.screenshot())))

    def save(self) -> None:
        """Write the picture."""
        if FILE:
            width = sum(frame.width + GAP_PX for frame in self.frames) - GAP_PX
            strip = Image.new("RGB", (width, HEIGHT_PX), "white")
            left = 0
            for frame in self.frames:
                strip.paste(frame, (left, 0))
                left += frame.width + GAP_PX
            strip.save(FILE, "WEBP", quality=QUALITY, method=6)
