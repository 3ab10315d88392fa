"""The officers' page of the ledger: sums, entries, the comparison with the provider, and CSV."""

from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import expect

from chalicelib.bootstrap.payments import charges, ledger
from chalicelib.payments.ledger import Difference, Entry, Reconciliation, entry_id
from infra.local.stack import LocalStack
from tests.browser.conftest import PHONE, NewPage
from tests.browser.officer import open_desk_page
from tests.browser.test_accessibility import assert_accessible
from tests.browser.test_desk_pages import assert_accessible_at_a_desk

AT = datetime(2026, 6, 8, 10, tzinfo=UTC)
CASE = "7K3M2QXV9HTD"


def book(pence: int) -> None:
    kind = "payment" if pence > 0 else "refund"
    ledger().book(
        Entry(
            entry_id=entry_id(kind, "desk"),  # type: ignore[arg-type]
            at=AT,
            amount_pence=pence,
            fund="BULKY",
            service_request_id=CASE,
            payment_id=f"{CASE}-1",
        )
    )


def test_officer_sees_the_money_of_a_day_and_downloads_it(
    new_page: NewPage, stack: LocalStack
) -> None:
    book(8_450)
    book(-4_250)
    missing = Difference(
        entry_id="payment:other", ledger_pence=None, provider_pence=4_200, reference="INVOICE 7"
    )
    found = Reconciliation(day=AT.date(), at=AT, differences=(missing,))
    charges().save_reconciliation(found)
    page = open_desk_page(new_page, f"/desk/ledger/?day={AT.date()}", PHONE)
    expect(page.get_by_role("row", name="BULKY £84.50 -£42.50 £42")).to_be_visible()
    expect(page.get_by_role("link", name="7K3M-2QXV-9HTD")).to_have_count(2)
    expect(page.locator("#reconciled")).to_contain_text("the ledger has nothing, the provider £42")
    assert_accessible(page)
    assert_accessible_at_a_desk(page)
    with page.expect_download() as begun:
        page.get_by_role("button", name="Download as CSV").click()
    names, *rows = Path(begun.value.path()).read_text(encoding="utf-8").splitlines()
    assert begun.value.suggested_filename == "ledger-2026-06-08.csv"
    assert names.startswith("at,entry_id,amount_pence") and len(rows) == 2

    page.get_by_label("To").fill("2026-06-30")
    page.get_by_role("button", name="Show days").click()
    expect(page.locator("#staff-status")).to_contain_text("Choose at most 7 days")
