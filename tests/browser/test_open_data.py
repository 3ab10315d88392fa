"""The page of open data names the months, the files of their days and the feeds that are published,
and each is there."""

import pytest
from playwright.sync_api import expect

from infra.local.stack import LocalStack
from tests.browser.conftest import WIDTHS, NewPage
from tests.browser.test_accessibility import overflow, violations


@pytest.fixture
def published(stack: LocalStack) -> None:
    from chalicelib.bootstrap.publishing import publishing_ports
    from chalicelib.bootstrap.reports import reports_ports
    from chalicelib.publishing.lists import rebuild_lists
    from chalicelib.reports.usecases.access import Author
    from chalicelib.reports.usecases.submission import submit
    from tests.support.builders import draft

    submit(draft(title="A hole"), "open data", Author(), reports_ports())
    assert rebuild_lists(publishing_ports()) == {}


@pytest.mark.usefixtures("published")
def test_every_listed_file_and_feed_exists(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/open-data/")
    page.get_by_role("main").locator("summary").first.click()
    expect(page.get_by_role("link", name="CSV ").first).to_be_visible()
    addresses = (
        page.get_by_role("main")
        .get_by_role("link")
        .evaluate_all("links => links.map(link => link.getAttribute('href'))")
    )
    ours = [each for each in addresses if each.startswith(("/data/", "/feeds/"))]
    kinds = {each.rpartition(".")[2] for each in ours}
    assert kinds == {"json", "csv", "geojson", "atom"}
    for address in ours:
        assert page.request.get(address).status == 200, address


@pytest.mark.usefixtures("published")
@WIDTHS
def test_page_of_open_data_has_no_violation_and_fits_when_it_has_months(
    viewport: dict[str, int], new_page: NewPage
) -> None:
    page = new_page(viewport=viewport)
    page.goto("/open-data/")
    expect(page.get_by_role("heading", name="By kind of problem")).to_be_visible()
    assert violations(page) == []
    assert overflow(page) <= 0


def test_page_of_open_data_says_so_when_the_list_cannot_be_loaded(new_page: NewPage) -> None:
    page = new_page()
    page.route("**/data/open/index.json", lambda route: route.abort())
    page.goto("/open-data/")
    expect(page.get_by_text("could not load")).to_be_visible()
    expect(page.get_by_role("link", name="All reports")).to_be_visible()
