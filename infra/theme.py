"""Writes the files of a council's look, which the build of the web client takes up: its colours as
custom properties, logo, icons, typeface, and the parts of pages that name it."""

import base64
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click
import defusedxml.ElementTree
from msgspec import structs
from PIL import Image, UnidentifiedImageError

from chalicelib.catalogue.load import COUNCILS, document_path, load
from chalicelib.catalogue.model import Council
from chalicelib.catalogue.price_words import price_words
from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.catalogue.theme import FIXED, LOGO_OF_EMAILS, Palette, Theme
from chalicelib.errors import ConfigurationError
from chalicelib.kernel.languages import ENGLISH, Language, language
from chalicelib.kernel.templating import SHARED, environment
from chalicelib.kernel.time import utc_now
from chalicelib.kernel.version import VERSION
from infra.languages_build import LINKS, web_build
from infra.screenshots import Screen, read_screenshots
from infra.svg import SPACE, as_png, as_text, check_svg, ratio

FONT = "assets/council.woff2"
PARTS = ("header", "footer")
MOST_FONT_BYTES, MOST_PNG_BYTES, MOST_PNG_PIXELS = 40_000, 50_000, 1024
ICON = 64
"""The size of the icons' own coordinates."""
_VARIABLES = {
    "page": "--govuk-body-background-colour",
    "surface": "--app-surface",
    "notice": "--app-notice",
    "text": "--govuk-text-colour",
    "muted": "--govuk-secondary-text-colour",
    "border": "--govuk-border-colour",
    "input_border": "--govuk-input-border-colour",
    "link": "--govuk-link-colour",
    "link_hover": "--govuk-link-hover-colour",
    "link_visited": "--govuk-link-visited-colour",
    "accent": "--app-accent",
    "error": "--govuk-error-colour",
    "success": "--govuk-success-colour",
}


@click.command("theme")
@click.argument("council")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def theme(council: str, folder: Path) -> None:
    """Write the look of COUNCIL into FOLDER. The build of the web client runs it."""
    path = document_path(council)
    made = theme_files(load(council), path.parent, read_screenshots(path.stem))
    for name, content in made.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())


def theme_files(
    council: Council, beside: Path, pictures: Mapping[Screen, bytes] = {}
) -> Mapping[str, bytes | str]:
    """The files of a council's look by name; `beside` is the folder of its logo and typeface,
    `pictures` are its screenshots. Raises ConfigurationError naming the file and the fix."""
    look = council.theme
    made: dict[str, bytes | str] = {
        **_marks(_mark(look, beside), look),
        "council.json": json.dumps(_facts(council, pictures)),
        "languages.json": json.dumps(_languages(council)),
        "theme.css": theme_css(look),
    }
    if look.typeface.file:
        made[f"public/{FONT}"] = _font(beside / look.typeface.file)
    made |= {f"public/{screen.name}": picture for screen, picture in pictures.items()}
    parts = environment(SHARED)
    for name in PARTS:
        part = parts.get_template(f"{name}.html")
        made[f"{name}.html"] = part.render(council=council.page_details, language_links=LINKS)
    return made


def _marks(mark: str, look: Theme) -> Mapping[str, bytes | str]:
    """The logo, the favicon, and the icons of phones."""
    sized = {
        f"public/icon-{size}.png": as_png(_icon(mark, look, share=0.72, radius=14), size, size)
        for size in (192, 512)
    }
    return {
        "public/logo.svg": mark,
        f"public/{LOGO_OF_EMAILS}": as_png(
            _on_ground(mark, look, look.mark.width, look.mark.height),
            look.mark.width * 2,
            look.mark.height * 2,
        ),
        "public/favicon.svg": _icon(mark, look, share=0.72, radius=14),
        "public/apple-touch-icon.png": as_png(_icon(mark, look, share=0.66), 180, 180),
        "public/icon-maskable-512.png": as_png(_icon(mark, look, share=0.5), 512, 512),
        **sized,
    }


def theme_css(look: Theme) -> str:
    """The colours and the typeface as custom properties. Staff and crews have light colours."""
    own, night = look.brand, look.dark
    light = {
        f"--app-brand-{_with_dashes(name)}": each for name, each in structs.asdict(own).items()
    }
    light |= _variables(look.light, "light") | _buttons(own.ground, own.hover, own.text)
    light |= {"--govuk-brand-colour": own.ground, "--app-typeface": look.typeface.css}
    dark = {"color-scheme": "dark"} | _variables(night, "dark")
    dark |= _buttons(night.accent, night.link_hover, night.page)
    return (
        f"{_face(look)}:root{{{_declarations(light)}}}"
        f"@media screen and (prefers-color-scheme:dark)"
        f"{{:root:not(:has(.desk,.crew)){{{_declarations(dark)}}}}}"
    )


def _facts(council: Council, pictures: Iterable[Screen]) -> dict[str, object]:
    texts = {name: each for name, each in council.page_details.items() if isinstance(each, str)}
    return {
        **texts,
        "privacy_contact": council.privacy_contact,
        "time_zone": council.time_zone,
        "postcode_example": council.example_postcode or "ZZ1 1AA",
        "container_names": _container_names(council),
        "missed_form": _missed_form(council),
        "garden_form": _garden_form(council),
        "background": council.theme.light.page,
        "version": VERSION,
        "screenshots": [screen.manifest for screen in pictures],
        **_tiles(council),
        **_orders(council, ENGLISH),
    }


def _languages(council: Council) -> list[dict[str, Any]]:
    """The data of each language for the build, with the services' names in it."""
    built = web_build(council)
    for each in built:
        own = council.in_language(each["code"])
        each["council"] |= _tiles(own) | {"container_names": _container_names(own)}
        each["council"] |= _orders(own, language(each["code"]))
        each["council"]["missed_form"] = _missed_form(own, f"/{each['code']}")
        each["council"]["garden_form"] = _garden_form(own, f"/{each['code']}")
    return built


def _container_names(council: Council) -> str:
    """The names of containers by their codes, as JSON."""
    return json.dumps({each.container: each.name for each in council.containers})


def _missed_form(council: Council, folder: str = "") -> str:
    """The address of the form for a missed collection, empty if the council has none."""
    service = council.missed_collections
    return f"{folder}/forms/services/{service.service_code}" if service else ""


def _garden_form(council: Council, folder: str = "") -> str:
    """The address of the form for garden waste, empty if the council has no subscriptions."""
    return f"{folder}/forms/services/{council.garden.service}" if council.garden else ""


def _tiles(council: Council) -> dict[str, Any]:
    """The services that are reported most often, and those whose reports are on the map."""
    return {
        "frequent": _service_entries(council.most_reported),
        "on_map": _service_entries(
            each for each in council.services if each.visibility != "private"
        ),
    }


def _orders(council: Council, said_in: Language) -> dict[str, Any]:
    """The services that can be booked and paid, with what they cost from today on."""
    today = utc_now().astimezone(council.zone).date()
    return {
        kind: [
            {
                "service_code": each.service_code,
                "service_name": each.service_name,
                "description": each.description,
                "costs": price_words(each.price, today, said_in),
            }
            for each in council.services
            if each.kind == kind
        ]
        for kind in ("booking", "payment")
    }


def _service_entries(services: Iterable[ServiceDefinition]) -> list[dict[str, str]]:
    """The services as pages show them with their icons."""
    return [
        {name: getattr(service, name) for name in ("service_code", "service_name", "icon")}
        for service in services
    ]


def _variables(palette: Palette, name: str) -> dict[str, str]:
    colours = structs.asdict(palette) | FIXED[name]
    named = {variable: colours[role] for role, variable in _VARIABLES.items()}
    return named | {
        "--govuk-link-active-colour": colours["text"],
        "--govuk-hover-colour": colours["border"],
    }


def _buttons(ground: str, hover: str, text: str) -> dict[str, str]:
    return {"--app-button": ground, "--app-button-hover": hover, "--app-button-text": text}


def _declarations(values: Mapping[str, str]) -> str:
    return "".join(f"{name}:{value};" for name, value in values.items())


def _with_dashes(name: str) -> str:
    return name.replace("_", "-")


def _face(look: Theme) -> str:
    """`optional`: text that is shown already does not move."""
    if look.typeface.file is None:
        return ""
    return (
        '@font-face{font-family:"council";font-display:optional;'
        f'src:url("/{FONT}") format("woff2");}}'
    )


def _mark(look: Theme, beside: Path) -> str:
    """The logo as SVG; a PNG is wrapped."""
    path = (beside if look.logo else COUNCILS) / look.mark.file
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"`$.theme.logo.file`: there is no file {path}; put it beside the council's document"
        ) from error
    if path.suffix == ".png":
        return _wrap_png(raw, look, path.name)
    root = check_svg(raw, path.name)
    _check_ratio(ratio(root, path.name), look, path.name)
    for size in ("width", "height"):
        root.set(size, str(getattr(look.mark, size)))
    return as_text(root)


def _wrap_png(raw: bytes, look: Theme, name: str) -> str:
    if len(raw) > MOST_PNG_BYTES:
        raise ConfigurationError(
            f"{name}: it has {len(raw)} bytes, and a logo may have {MOST_PNG_BYTES}; "
            "make it smaller"
        )
    try:
        with Image.open(io.BytesIO(raw), formats=["PNG"]) as picture:
            if max(picture.size) > MOST_PNG_PIXELS:
                raise ConfigurationError(
                    f"{name}: {picture.width} × {picture.height} pixels; a logo may have "
                    f"{MOST_PNG_PIXELS} a side"
                )
            pixels = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise ConfigurationError(f"{name}: it is not a PNG; export it again") from error
    _check_ratio(pixels.width / pixels.height, look, name)
    clean = io.BytesIO()
    pixels.save(clean, "PNG", optimize=True)
    data = base64.b64encode(clean.getvalue()).decode()
    width, height = look.mark.width, look.mark.height
    return (
        f'<svg xmlns="{SPACE}" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{data}"/></svg>'
    )


def _check_ratio(found: float, look: Theme, name: str) -> None:
    width, height = look.mark.width, look.mark.height
    if abs(found * height - width) > 1:
        raise ConfigurationError(
            f"`$.theme.logo`: {width} × {height} would distort {name}; give width "
            f"{round(found * height)} for height {height}"
        )


def _icon(mark: str, look: Theme, *, share: float, radius: int = 0) -> str:
    """The logo in the middle of the brand's ground, as large as `share` of its side."""
    return _on_ground(mark, look, ICON, ICON, share=share, radius=radius)


def _on_ground(
    mark: str, look: Theme, width: int, height: int, *, share: float = 1, radius: int = 0
) -> str:
    inner = defusedxml.ElementTree.fromstring(mark)
    for name, size in (("width", width), ("height", height)):
        inner.set(name, f"{size * share:g}")
        inner.set("x" if name == "width" else "y", f"{size * (1 - share) / 2:g}")
    return (
        f'<svg xmlns="{SPACE}" viewBox="0 0 {width} {height}">'
        f'<rect width="{width}" height="{height}" rx="{radius}" fill="{look.brand.ground}"/>'
        f"{as_text(inner)}</svg>"
    )


def _font(path: Path) -> bytes:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"`$.theme.typeface.file`: there is no file {path}; put it beside the council's "
            "document"
        ) from error
    if not raw.startswith(b"wOF2"):
        raise ConfigurationError(f"{path.name}: it is not WOFF2; convert it")
    if len(raw) > MOST_FONT_BYTES:
        raise ConfigurationError(
            f"{path.name}: it has {len(raw)} bytes, and a typeface may have {MOST_FONT_BYTES}; "
            "keep the characters that pages use"
        )
    return raw
