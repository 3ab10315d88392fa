"""Pages in a council's own look: logo, icons, version, and colours that everybody can read."""

import io
from typing import Literal

import pytest
from PIL import Image
from playwright.sync_api import Page

from chalicelib.kernel.version import VERSION
from infra.theme import theme_css
from tests.browser.conftest import NewPage
from tests.browser.test_accessibility import violations
from tests.support.councils import council_named

LOGO_IS_LOADED = "image => image.complete && image.naturalWidth > 0"
COLOUR_OF = "(element, name) => getComputedStyle(element)[name]"
PAGES = ("/", "/report/", "/track/", "/alerts/", "/forms/report", "/accessibility/")


def rgb(colour: str) -> str:
    red, green, blue = bytes.fromhex(colour[1:])
    return f"rgb({red}, {green}, {blue})"


def background_of(page: Page, selector: str) -> str:
    ground: str = page.locator(selector).evaluate(COLOUR_OF, "backgroundColor")
    return ground


def link_borders(page: Page) -> dict[str, str]:
    """The lower edge of the links to the current page and to another one."""
    page.goto("/track/")
    return {
        name: page.locator(f".app-nav {link}").first.evaluate(COLOUR_OF, "borderBottomColor")
        for name, link in {"current": "[aria-current]", "other": "a:not([aria-current])"}.items()
    }


def test_pages_can_be_read_in_the_look_of_another_council(new_page: NewPage) -> None:
    look = council_named("bath").theme
    page = new_page(bypass_csp=True)
    for path in PAGES:
        page.goto(path, wait_until="networkidle")
        page.add_style_tag(content=theme_css(look))
        assert background_of(page, ".app-header") == rgb(look.brand.ground)
        assert violations(page) == [], path
    page.emulate_media(color_scheme="dark")
    assert background_of(page, "body") == rgb(look.dark.page)


@pytest.mark.parametrize("path", ["/", "/forms/report", "/no-such-page/"])
def test_every_page_has_the_logo_the_colour_and_the_version(path: str, new_page: NewPage) -> None:
    page = new_page()
    page.goto(path, wait_until="networkidle")
    logo = page.locator(".app-header__mark")
    assert logo.evaluate(LOGO_IS_LOADED)
    mark = council_named("demo").theme.mark
    box = logo.bounding_box()
    assert box and (box["width"], box["height"]) == (mark.width, mark.height)
    named = page.locator("meta[name=theme-color]").get_attribute("content")
    assert named == council_named("demo").theme.brand.ground
    assert f"Version {VERSION}." in page.locator(".app-footer").inner_text()


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_forced_colours_keep_the_current_page_and_the_logo_visible(
    colours: Literal["light", "dark"], new_page: NewPage
) -> None:
    page = new_page(forced_colors="active", color_scheme=colours)
    found = link_borders(page)
    assert found["current"] != found["other"]
    assert background_of(page, ".app-header__mark") == rgb(council_named("demo").theme.brand.ground)


def test_paper_is_light_and_keeps_the_ground_of_the_logo(new_page: NewPage) -> None:
    page = new_page(color_scheme="dark")
    page.goto("/accessibility/")
    page.emulate_media(media="print")
    assert background_of(page, "body") == rgb(council_named("demo").theme.light.page)
    assert not page.locator(".app-nav").is_visible()
    kept = page.locator(".app-header__mark").evaluate(COLOUR_OF, "printColorAdjust")
    assert kept == "exact"


def test_manifest_has_the_councils_name_colours_icons_and_screenshots(new_page: NewPage) -> None:
    page = new_page()
    manifest = page.request.get("/manifest.webmanifest").json()
    here = council_named("demo")
    assert manifest["short_name"] == here.name
    assert manifest["theme_color"] == here.theme.brand.ground
    assert manifest["background_color"] == here.theme.light.page
    assert {each["form_factor"] for each in manifest["screenshots"]} == {"narrow", "wide"}
    pictures = [*manifest["icons"], *manifest["screenshots"]]
    assert {"192x192", "512x512"} <= {each["sizes"] for each in pictures}
    for each in pictures:
        answer = page.request.get(each["src"])
        assert answer.ok and answer.headers["content-type"].startswith(each["type"])
        assert len(answer.body()) < 60_000
        if each["sizes"] != "any":
            size = Image.open(io.BytesIO(answer.body())).size
            assert each["sizes"] == "x".join(map(str, size))
