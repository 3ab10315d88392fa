"""A council's own look: its logo, its colours by role, and its typeface.

Sources: WCAG 2.2, success criteria 1.4.3 (contrast of text) and 1.4.11 (contrast of controls).
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Annotated, Literal, NamedTuple

from msgspec import Meta, structs

from chalicelib.catalogue.words import Strict

Colour = Annotated[str, Meta(pattern=r"^#[0-9a-f]{6}$")]
LogoFile = Annotated[str, Meta(pattern=r"^[a-z0-9-]+\.(svg|png)$", max_length=100)]
FontFile = Annotated[str, Meta(pattern=r"^[a-z0-9-]+\.woff2$", max_length=100)]
TEXT, SHAPE = 4.5, 3.0
"""The least contrast of text, and of shapes that a person has to see."""
LOGO_OF_EMAILS = "logo-email.png"
FOCUS = "#ffdd00"
FIXED = {
    "light": {"error": "#ca3535", "success": "#0b6b4f"},
    "dark": {"error": "#ff9c8c", "success": "#6fd3a8"},
}
"""Colours with a meaning of their own, which are the same in every council."""
STACKS = {
    "system": 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
    "humanist": 'Seravek, "Gill Sans Nova", Ubuntu, Calibri, "DejaVu Sans", sans-serif',
    "geometric": 'Avenir, Montserrat, Corbel, "URW Gothic", sans-serif',
    "serif": 'Charter, "Bitstream Charter", "Sitka Text", Cambria, Georgia, serif',
}
"""Typefaces that devices already have."""


class Logo(Strict, frozen=True, kw_only=True):
    """A file beside the council's document, SVG or PNG, which is shown on the colour
    `brand.ground`. Its size in the header is in CSS pixels."""

    file: LogoFile
    width: Annotated[int, Meta(ge=16, le=160)]
    height: Annotated[int, Meta(ge=16, le=48)]


NO_LOGO = Logo(file="no-logo.svg", width=36, height=36)


class Typeface(Strict, frozen=True, kw_only=True):
    """The typeface of all pages: a stack, or a WOFF2 file beside the council's document with the
    stack for devices that have not loaded it."""

    stack: Literal["system", "humanist", "geometric", "serif"] = "system"
    file: FontFile | None = None

    @property
    def css(self) -> str:
        """The value of `font-family`."""
        own = '"council", ' if self.file else ""
        return own + STACKS[self.stack]


class Brand(Strict, frozen=True, kw_only=True):
    """The council's own colours, the same in light and dark: the ground of header, buttons and
    icons, and the highlight that marks the current page."""

    ground: Colour = "#1f3a4d"
    deep: Colour = "#14283a"
    hover: Colour = "#2f5570"
    text: Colour = "#ffffff"
    highlight: Colour = "#ffd166"
    highlight_text: Colour = "#14212b"


class Palette(Strict, frozen=True, kw_only=True):
    """The colours of pages by role. `accent` is for buttons without a ground and for marks."""

    page: Colour = "#ffffff"
    surface: Colour = "#eff3f6"
    notice: Colour = "#fff6e6"
    text: Colour = "#14212b"
    muted: Colour = "#4a5963"
    border: Colour = "#c9d3da"
    input_border: Colour = "#14212b"
    link: Colour = "#1a5276"
    link_hover: Colour = "#14283a"
    link_visited: Colour = "#4c3b78"
    accent: Colour = "#1f3a4d"


class DarkPalette(Palette, frozen=True, kw_only=True):
    """The same roles for devices that ask for dark colours."""

    page: Colour = "#10171c"
    surface: Colour = "#1a252c"
    notice: Colour = "#352a12"
    text: Colour = "#e6ecf0"
    muted: Colour = "#adbac2"
    border: Colour = "#4a5963"
    input_border: Colour = "#adbac2"
    link: Colour = "#8fc7ea"
    link_hover: Colour = "#c7e4f7"
    link_visited: Colour = "#c3b4f0"
    accent: Colour = "#8fc7ea"


class Theme(Strict, frozen=True, kw_only=True):
    """A council's look. What the document leaves out is neutral."""

    logo: Logo | None = None
    typeface: Typeface = Typeface()
    brand: Brand = Brand()
    light: Palette = Palette()
    dark: DarkPalette = DarkPalette()

    @property
    def mark(self) -> Logo:
        """The logo, or a neutral mark."""
        return self.logo or NO_LOGO


class EmailLook(NamedTuple):
    """What the template of an email needs of the council."""

    council: str
    theme: Theme
    site_url: str

    @property
    def logo_url(self) -> str:
        """The logo on the brand's ground, as a picture that mail programs show."""
        return f"{self.site_url}/{LOGO_OF_EMAILS}"


class Pair(NamedTuple):
    """Two colours that are seen together, each with its field in the document, or without one if
    it is fixed."""

    front: tuple[str, str]
    ground: tuple[str, str]
    least: float


def theme_faults(theme: Theme) -> Iterator[str]:
    """The colours that cannot be told apart well enough from what is behind them, with the fix."""
    pairs = [*_brand_pairs(theme.brand)]
    for name, palette in (("light", theme.light), ("dark", theme.dark)):
        pairs += _palette_pairs(palette, name)
    for field, behind in groupby(sorted(pairs), key=lambda pair: pair.front):
        fault = _fault(field, [*behind])
        if fault:
            yield fault


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _brand_pairs(brand: Brand) -> Iterator[Pair]:
    text, highlight = ("brand.text", brand.text), ("brand.highlight", brand.highlight)
    for ground in ("ground", "deep", "hover"):
        yield Pair(text, (f"brand.{ground}", getattr(brand, ground)), TEXT)
    yield Pair(highlight, ("brand.ground", brand.ground), SHAPE)
    yield Pair(("brand.highlight_text", brand.highlight_text), highlight, TEXT)
    yield Pair(("brand.ground", brand.ground), ("the colour of the focus", FOCUS), SHAPE)


def _palette_pairs(palette: Palette, name: str) -> Iterator[Pair]:
    colours = structs.asdict(palette)
    grounds = {
        field: (f"{name}.{field}", colours[field]) for field in ("page", "surface", "notice")
    }
    for field in ("text", "muted", "link", "link_hover", "link_visited", "accent"):
        for ground in grounds.values():
            yield Pair((f"{name}.{field}", colours[field]), ground, TEXT)
    yield Pair((f"{name}.input_border", palette.input_border), grounds["page"], SHAPE)
    for meaning, colour in FIXED[name].items():
        for field in ("page", "surface"):
            yield Pair(grounds[field], (f"the colour of {meaning}", colour), TEXT)


def _fault(front: tuple[str, str], pairs: Sequence[Pair]) -> str | None:
    """The fault of a colour in front of all these, with the worst of them."""
    field, colour = front
    worst = min(pairs, key=lambda pair: contrast(colour, pair.ground[1]) / pair.least)
    ground_field, ground = worst.ground
    found = contrast(colour, ground)
    if found >= worst.least:
        return None
    shade = _nearest_shade(colour, pairs)
    return (
        f"`$.theme.{field}`: {colour} on {ground_field} {ground} has a contrast of "
        f"{int(found * 100) / 100:g}:1 and needs {worst.least:g}:1; "
        + (f"{shade} has enough" if shade else f"change {ground_field}")
    )


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(each / 255) for each in bytes.fromhex(colour[1:]))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _nearest_shade(colour: str, pairs: Sequence[Pair]) -> str | None:
    """The shade of the colour nearest to it that has enough contrast; None if no shade has."""
    for percent in range(1, 101):
        for towards in (0, 255):
            shade = _mix(colour, towards, percent)
            if all(contrast(shade, pair.ground[1]) >= pair.least for pair in pairs):
                return shade
    return None


def _mix(colour: str, towards: int, percent: int) -> str:
    parts = (each + (towards - each) * percent // 100 for each in bytes.fromhex(colour[1:]))
    return "#" + bytes(parts).hex()
