"""A page's first load stays within its budget, compressed; the rest comes when used."""

import gzip
import re

import pytest

from tests.browser.conftest import WEB, NewPage

MOST_SCRIPT, MOST_STYLE = 15_000, 12_000


def weight(address: str) -> int:
    return len(gzip.compress((WEB / address.removeprefix("/")).read_bytes(), 9))


@pytest.mark.parametrize("name", ["report", "nearest", "facility", "my-area"])
def test_first_load_of_a_page_stays_within_its_budget(name: str, new_page: NewPage) -> None:
    page = new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/{name}/", wait_until="networkidle")
    assets = {match.group() for url in asked if (match := re.search(r"/assets/.+", url))}
    scripts = {each for each in assets if each.endswith(".js")}
    assert f"/assets/{name}.js" in scripts
    assert sum(map(weight, scripts)) <= MOST_SCRIPT
    assert sum(map(weight, assets - scripts)) <= MOST_STYLE
