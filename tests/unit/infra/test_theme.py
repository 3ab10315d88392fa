"""The files of a council's look: drawn from its logo, if that holds nothing but shapes."""

import io
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from PIL import Image

from chalicelib.catalogue.load import COUNCILS
from chalicelib.catalogue.model import Council
from chalicelib.errors import ConfigurationError
from infra.__main__ import commands
from infra.svg import MOST_BYTES, as_png, as_text, check_svg
from infra.theme import MOST_FONT_BYTES, theme_css, theme_files
from tests.support.councils import council_named

DEMO = council_named("demo")
SHAPE = '<path d="M0 0h36v36H0z" fill="#ffffff"/>'
ATTACKS = {
    "a script": "<script>alert(1)</script>",
    "a script of another name": '<x:script xmlns:x="http://www.w3.org/2000/svg">1</x:script>',
    "XHTML": '<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>',
    "an event handler": '<rect onload="alert(1)"/>',
    "a foreign object": "<foreignObject><body>x</body></foreignObject>",
    "an external picture": '<image href="https://evil.example/x.png"/>',
    "a picture in the file": '<image href="data:image/svg+xml,x"/>',
    "an external shape": '<use href="https://evil.example/x.svg#a"/>',
    "a shape that repeats itself": '<g id="a"><use href="#a"/></g>',
    "a link to a script": '<a href="javascript:alert(1)"><path d="M0 0"/></a>',
    "an old link": '<path xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="javascript:x"/>',
    "an external fill": '<path fill="url(https://evil.example/x)"/>',
    "a fill from another file": '<path fill="url(other.svg#a)"/>',
    "an external fill with escapes": r'<path fill="u\72l(//evil.example)"/>',
    "an external fill after a local one": '<path fill="url(#a) url(//evil.example)"/>',
    "a style": "<style>@import 'https://evil.example/x.css';</style>",
    "a style attribute": '<path style="fill:url(https://evil.example)"/>',
    "a class": '<path class="secret"/>',
    "an animation": '<set attributeName="href" to="javascript:alert(1)"/>',
    "an animated event": '<animate attributeName="onload" values="alert(1)"/>',
    "text": "<text>Council</text>",
    "a filter": '<filter id="f"><feImage href="https://evil.example/x"/></filter>',
    "an iframe": '<iframe xmlns="http://www.w3.org/1999/xhtml" src="x"/>',
    "another base": '<g xml:base="https://evil.example/"/>',
    "an unknown element": "<unheard-of/>",
}
DOCUMENTS = {
    "entities": b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
    "an external entity": b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>',
    "an external document type": b'<!DOCTYPE svg SYSTEM "https://evil.example/x.dtd">'
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 36"/>',
    "no XML": b"<svg",
    "an unknown encoding": b'<?xml version="1.0" encoding="utf-7"?><svg/>',
    "HTML": b"<html><body/></html>",
    "no namespace": b'<svg viewBox="0 0 36 36"/>',
    "no viewBox": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "nothing": b"",
    "too many bytes": b" " * (MOST_BYTES + 1),
}


def drawing(inside: str) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 36">{inside}</svg>'.encode()


def council(**theme: Any) -> Council:
    document = msgspec.to_builtins(DEMO)
    return msgspec.convert(document | {"theme": document["theme"] | theme}, Council)


def with_logo(folder: Path, name: str, content: bytes, width: int = 36) -> Council:
    (folder / name).write_bytes(content)
    return council(logo={"file": name, "width": width, "height": 36})


def picture(width: int = 72, height: int = 72) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (width, height), "#ffffff").save(out, "PNG")
    return out.getvalue()


def opened(made: Any) -> Image.Image:
    return Image.open(io.BytesIO(made)).convert("RGBA")


@pytest.mark.parametrize("inside", ATTACKS.values(), ids=ATTACKS)
def test_logo_is_refused_when_it_holds_more_than_shapes(inside: str, tmp_path: Path) -> None:
    here = with_logo(tmp_path, "logo.svg", drawing(SHAPE + inside))
    with pytest.raises(ConfigurationError, match=r"^logo\.svg: .*(not permitted; |may hold)"):
        theme_files(here, tmp_path)


@pytest.mark.parametrize("raw", DOCUMENTS.values(), ids=DOCUMENTS)
def test_logo_is_refused_when_it_is_not_a_plain_drawing(raw: bytes) -> None:
    with pytest.raises(ConfigurationError, match=r"^logo\.svg: "):
        check_svg(raw, "logo.svg")


def test_drawing_keeps_its_shapes_and_loses_comments_and_instructions() -> None:
    raw = b'<?xml-stylesheet href="https://evil.example/x.css"?><!-- x -->' + drawing(
        '<defs><linearGradient id="a"><stop offset="0" stop-color="#fff"/></linearGradient></defs>'
        '<path fill="url(#a)" transform="translate(1 2)" d="M0 0L10-4.5z"/>'
    )
    kept = as_text(check_svg(raw, "logo.svg"))
    assert "evil" not in kept and "<!--" not in kept
    assert 'fill="url(#a)"' in kept and 'd="M0 0L10-4.5z"' in kept


@pytest.mark.parametrize("name", ["demo", "bath"])
def test_icons_are_the_logo_on_the_brands_ground(name: str) -> None:
    here = council_named(name)
    made = theme_files(here, COUNCILS)
    sizes = {
        each: opened(made[f"public/{each}"]).size[0] for each in ("icon-192.png", "icon-512.png")
    }
    assert sizes == {"icon-192.png": 192, "icon-512.png": 512}
    ground = (*bytes.fromhex(here.theme.brand.ground[1:]), 255)
    for solid in ("icon-maskable-512.png", "apple-touch-icon.png", "logo-email.png"):
        icon = opened(made[f"public/{solid}"])
        assert icon.getpixel((0, 0)) == ground, solid
        assert len(icon.getcolors(100_000) or []) > 1, "The logo is drawn."
    assert opened(made["public/icon-192.png"]).getpixel((0, 0)) == (0, 0, 0, 0), "Round corners."


@pytest.mark.parametrize("name", ["demo", "bath"])
def test_logo_of_a_maskable_icon_stays_in_the_circle_that_every_phone_shows(name: str) -> None:
    here = council_named(name)
    icon = opened(theme_files(here, COUNCILS)["public/icon-maskable-512.png"])
    ground = (*bytes.fromhex(here.theme.brand.ground[1:]), 255)
    outside = [
        icon.getpixel((x, y))
        for x in range(0, 512, 4)
        for y in range(0, 512, 4)
        if (x - 256) ** 2 + (y - 256) ** 2 > (0.4 * 512) ** 2
    ]
    assert set(outside) == {ground}


def test_png_can_be_a_logo(tmp_path: Path) -> None:
    made = theme_files(with_logo(tmp_path, "logo.png", picture()), tmp_path)
    assert "data:image/png;base64," in str(made["public/logo.svg"])
    assert opened(made["public/icon-maskable-512.png"]).getpixel((256, 256)) == (255,) * 4


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"GIF89a", "it is not a PNG"),
        (picture()[:60], "it is not a PNG"),
        (picture(1200, 1200), "pixels; a logo may have 1024 a side"),
        (picture(100, 72), r"`\$\.theme\.logo`: 36 × 36 would distort logo.png; give width 50"),
        (picture() + b"x" * 60_000, "make it smaller"),
    ],
)
def test_picture_is_refused_when_it_is_not_a_logo(raw: bytes, says: str, tmp_path: Path) -> None:
    here = with_logo(tmp_path, "logo.png", raw)
    with pytest.raises(ConfigurationError, match=says):
        theme_files(here, tmp_path)


def test_logo_that_is_missing_or_would_be_distorted_is_refused(tmp_path: Path) -> None:
    missing = council(logo={"file": "gone.svg", "width": 36, "height": 36})
    with pytest.raises(ConfigurationError, match=r"theme\.logo\.file.*put it beside"):
        theme_files(missing, tmp_path)
    wide = with_logo(tmp_path, "logo.svg", drawing(SHAPE), width=72)
    with pytest.raises(ConfigurationError, match=r"72 × 36 would distort .*; give width 36"):
        theme_files(wide, tmp_path)


def test_council_without_a_logo_gets_a_neutral_mark(tmp_path: Path) -> None:
    made = theme_files(council(logo=None), tmp_path)
    assert "<path" in str(made["public/logo.svg"])


def test_typeface_of_the_council_is_a_file_of_ours(tmp_path: Path) -> None:
    (tmp_path / "own.woff2").write_bytes(b"wOF2" + bytes(100))
    here = council(logo=None, typeface={"stack": "serif", "file": "own.woff2"})
    made = theme_files(here, tmp_path)
    assert made["public/assets/council.woff2"] == b"wOF2" + bytes(100)
    assert 'src:url("/assets/council.woff2")' in str(made["theme.css"])
    assert '--app-typeface:"council", Charter' in str(made["theme.css"])


@pytest.mark.parametrize(
    ("raw", "says"),
    [(b"\0\1\0\0", "not WOFF2"), (b"wOF2" + bytes(MOST_FONT_BYTES), "keep the characters")],
)
def test_file_is_refused_when_it_is_not_a_small_typeface(
    raw: bytes, says: str, tmp_path: Path
) -> None:
    (tmp_path / "own.woff2").write_bytes(raw)
    with pytest.raises(ConfigurationError, match=says):
        theme_files(council(logo=None, typeface={"file": "own.woff2"}), tmp_path)


def test_colours_of_the_dark_are_for_residents_alone() -> None:
    light, _, dark = theme_css(DEMO.theme).partition("@media")
    assert f"--govuk-link-colour:{DEMO.theme.light.link};" in light
    assert f"--govuk-link-colour:{DEMO.theme.dark.link};" in dark
    assert ":root:not(:has(.desk,.crew))" in dark


def test_pages_are_told_names_and_links_as_text() -> None:
    here = msgspec.structs.replace(
        DEMO,
        name="<b>&",
        footer_links=(msgspec.structs.replace(DEMO.footer_links[0], label="<i>"),),
    )
    made = theme_files(here, COUNCILS)
    assert "<span>&lt;b&gt;&amp;</span>" in str(made["header.html"])
    assert ">&lt;i&gt;</a>" in str(made["footer.html"])
    assert json.loads(made["council.json"])["name"] == "<b>&"


def test_map_is_told_the_icon_of_each_kind_that_everybody_can_see() -> None:
    told = json.loads(theme_files(DEMO, COUNCILS)["council.json"])["on_map"]
    seen = {each.service_code: each for each in DEMO.services if each.visibility != "private"}
    assert {each["service_code"]: each["icon"] for each in told} == {
        code: service.icon for code, service in seen.items()
    }
    assert "noise-nuisance" not in seen


def test_drawing_without_text_needs_no_font() -> None:
    assert opened(as_png(drawing(SHAPE).decode(), 10, 10)).getpixel((5, 5)) == (255,) * 4


def test_command_writes_the_look_or_says_what_is_wrong(tmp_path: Path) -> None:
    done = CliRunner().invoke(commands, ["theme", "demo", str(tmp_path / "look")])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "look" / "public" / "favicon.svg").read_text().startswith("<svg")
    unknown = CliRunner().invoke(commands, ["theme", "atlantis", str(tmp_path)])
    assert "there is no document" in str(unknown.exception)
