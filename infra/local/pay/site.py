"""The stand-in on the local stack's own address: the API, the pages, its list and its faults."""

import json
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from typing import Any, get_args
from urllib.parse import parse_qs, parse_qsl
from urllib.request import Request, urlopen

from infra.local.pay.model import StoredPayment
from infra.local.pay.notifications import SIGNATURE, Fault, Notifications, signature
from infra.local.pay.pages import card_page, confirm_page, faults_page
from infra.local.pay.service import PayService

BASE_PATH = "/_local/pay"
LIST_PATH = "/_local/pay.json"
CARD_PATH = "/card/"
NOTIFICATIONS_PATH = "/api/payments/notifications"
HTML = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}
JSON = {"Content-Type": "application/json", "Cache-Control": "no-store"}
FORM = "application/x-www-form-urlencoded"
SENT_EVERY_S = 0.5
TIMEOUT_S = 30
Response = tuple[int, dict[str, str], bytes]
"""Status, headers and body."""


class PaySite:
    """The stand-in of a stack at `url`. `secrets` reads what the stack knows the provider by."""

    def __init__(
        self, url: str, secret_of: Callable[[str], str], now: Callable[[], datetime]
    ) -> None:
        self.notifications = Notifications(now)
        self.service = PayService(
            origin=url + BASE_PATH,
            api_key=lambda: secret_of("api_key"),
            card_page=f"{url}{BASE_PATH}{CARD_PATH}",
            now=now,
            tell=self._tell,
        )
        self._url = url
        self._secret_of = secret_of
        self._refused: list[int] = []
        self._faults: Mapping[str, Any] = {}
        self._stopping = threading.Event()
        self._lock = threading.Lock()

    def serve(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Response:
        """Answers a request to a path below the stand-in's address."""
        with self._lock:
            if path in ("", "/") and method == "GET":
                return _html(faults_page(f"{BASE_PATH}/faults", self._faults))
            if path == "/faults" and method == "POST":
                return self._take_faults(headers, body)
            if path.startswith(CARD_PATH):
                return self._at_the_card_page(method, path.removeprefix(CARD_PATH), body)
            if self._refused:
                return _json(self._refused.pop(0), {"code": "P0900", "description": "A fault"})
            return _json(*self.service.answer(method, path, headers, body))

    def list_payments(self) -> dict[str, Any]:
        """The payments that the stand-in holds."""
        with self._lock:
            views, payments = self.service.views, list(self.service.payments.values())
            return {
                "payments": [views.payment(each) for each in payments],
                "refunds": [views.refund(each, one) for each in payments for one in each.refunds],
                "notifications_waiting": len(self.notifications.waiting),
            }

    def start(self) -> None:
        """Sends notifications, and lets refunds arrive, until `stop()`."""
        threading.Thread(target=self._run, name="pay", daemon=True).start()

    def stop(self) -> None:
        self._stopping.set()

    def _run(self) -> None:
        while not self._stopping.wait(SENT_EVERY_S):
            with self._lock:
                self.service.settle_refunds()
                due = self.notifications.take_due()
            for body in due:
                self._post(body)

    def _post(self, body: bytes) -> None:
        signed = signature(body, self._secret_of("signing_secret"))
        headers = {SIGNATURE: signed, "Content-Type": "application/json"}
        asked = Request(self._url + NOTIFICATIONS_PATH, data=body, headers=headers, method="POST")
        with suppress(OSError), urlopen(asked, timeout=TIMEOUT_S):  # nosec B310 - of this stack
            return

    def _tell(self, event: str, payment: StoredPayment) -> None:
        self.notifications.add(event, self.service.views.payment(payment))

    def _take_faults(self, headers: Mapping[str, str], body: bytes) -> Response:
        """The faults as JSON, or as the form of the page sends them."""
        if headers.get("content-type") != FORM:
            return self._set_faults(json.loads(body or b"{}"))
        answer = self._set_faults(dict(parse_qsl(body.decode())))
        return answer if answer[0] == HTTPStatus.BAD_REQUEST else _redirect(BASE_PATH)

    def _set_faults(self, sent: Mapping[str, Any]) -> Response:
        """`notifications` is late, lost, doubled or out_of_order; the next `times` requests get
        the status `refuse`; `expire` ends all open payments; with `pending_refunds` nothing can be
        refunded yet; `surcharge` pence are taken on top of each payment. Without them all is well
        again."""
        fault = sent.get("notifications") or None
        if fault is not None and fault not in get_args(Fault):
            return _json(HTTPStatus.BAD_REQUEST, {"detail": f"Use one of {get_args(Fault)}."})
        self._faults = sent
        self.notifications.fault = fault
        self.service.surcharge = int(sent.get("surcharge", 0))
        self.service.has_pending_refunds = bool(sent.get("pending_refunds"))
        if not self.service.has_pending_refunds:
            self.service.settle_payments()
        self._refused = (
            [int(sent["refuse"])] * int(sent.get("times", 1)) if "refuse" in sent else []
        )
        if sent.get("expire"):
            self.service.expire()
        return _json(HTTPStatus.ACCEPTED, {})

    def _at_the_card_page(self, method: str, path: str, body: bytes) -> Response:
        token, _, step = path.partition("/")
        action = f"{BASE_PATH}{CARD_PATH}{token}"
        if not self.service.has_page(token):
            return _json(HTTPStatus.NOT_FOUND, {"detail": "There is no such payment."})
        match method, step:
            case "GET", "":
                return _html(card_page(self.service.open(token), action))
            case "POST", "":
                number = parse_qs(body.decode()).get("card_number", [""])[0]
                payment = self.service.enter_card(token, number.replace(" ", ""))
                return _html(confirm_page(payment, action))
            case "POST", "confirm":
                return _redirect(self.service.confirm(token).return_url)
            case "POST", "cancel":
                return _redirect(self.service.cancel(token))
            case _:
                return _json(HTTPStatus.NOT_FOUND, {"detail": "There is no such page."})


def _json(status: int, content: Any) -> Response:
    return status, JSON, json.dumps(content).encode()


def _html(page: str) -> Response:
    return HTTPStatus.OK, HTML, page.encode()


def _redirect(url: str) -> Response:
    return HTTPStatus.SEE_OTHER, {"Location": url}, b""
