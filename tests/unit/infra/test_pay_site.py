"""The faults of the stand-in for the payment provider, as a developer chooses them."""

import json
from urllib.parse import urlencode

import pytest

from chalicelib.kernel.time import utc_now
from infra.local.pay.model import StoredPayment
from infra.local.pay.site import FORM, PaySite
from tests.support.paying import GOOD_CARD

KEY = {"authorization": "Bearer key"}
NEW = {"amount": 4_200, "reference": "ABC", "description": "Bulky", "return_url": "https://back"}


@pytest.fixture
def site() -> PaySite:
    return PaySite("https://stack", lambda _: "key", utc_now)


def post(site: PaySite, path: str, **fields: object) -> tuple[int, dict[str, str], bytes]:
    return site.serve("POST", path, KEY, json.dumps(fields).encode())


def pay(site: PaySite) -> StoredPayment:
    post(site, "/v1/payments", **NEW)
    payment = [*site.service.payments.values()][-1]
    site.service.pay(payment.token, GOOD_CARD)
    return payment


def refund(site: PaySite, payment: StoredPayment) -> int:
    path = f"/v1/payments/{payment.payment_id}/refunds"
    return post(site, path, amount=100, refund_amount_available=payment.available)[0]


def choose(site: PaySite, **fields: str) -> None:
    """Sends the form of the page, which shows the choice then."""
    headers = {"content-type": FORM}
    status, sent_to, _ = site.serve("POST", "/faults", headers, urlencode(fields).encode())
    assert (status, sent_to["Location"]) == (303, "/_local/pay")


def test_refunds_are_pending_until_the_fault_is_cleared(site: PaySite) -> None:
    choose(site, pending_refunds="1", notifications="", surcharge="0")
    assert b"checked" in site.serve("GET", "", {}, b"")[2]
    payment = pay(site)
    assert (payment.is_settling, refund(site, payment)) == (True, 400)
    post(site, "/faults")
    assert b"checked" not in site.serve("GET", "/", {}, b"")[2]
    assert (payment.is_settling, refund(site, payment)) == (False, 202)


def test_surcharge_is_taken_on_top_of_each_payment(site: PaySite) -> None:
    choose(site, surcharge="250", notifications="lost")
    page = site.serve("GET", "", {}, b"")[2]
    assert b'value="250"' in page and b'value="lost" selected' in page
    assert (pay(site).surcharge, site.notifications.waiting) == (250, [])
    post(site, "/faults", surcharge=0)
    assert pay(site).surcharge == 0


def test_unknown_fault_is_refused_and_changes_nothing(site: PaySite) -> None:
    assert post(site, "/faults", notifications="odd")[0] == 400
    assert site.notifications.fault is None
