"""localstripe with what it lacks and we use: Checkout Sessions, lists of a time, Idempotency-Keys,
and no refund above what was paid. Run as a program with the moment at which its clock begins, it
prints the port that it listens at.

Source: Stripe's API reference, "The Checkout Session object".
"""

import asyncio
import socket
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import time_machine
from aiohttp import web
from localstripe import resources, server, webhooks
from localstripe.errors import UserError

SMALLEST_PENCE = 30
CARD = {"exp_month": "12", "exp_year": "2099", "cvc": "123"}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class CheckoutSession(resources.StripeObject):  # type: ignore[misc]
    """A page for a card. A declined card leaves it open, with an intent that took no money."""

    object = "checkout.session"
    _id_prefix = "cs_test_"

    def __init__(
        self,
        mode: str,
        line_items: list[dict[str, Any]],
        payment_method_types: list[str],
        payment_intent_data: dict[str, Any],
        client_reference_id: str,
        success_url: str,
        cancel_url: str,
        expires_at: str,
        locale: str,
    ) -> None:
        [item] = line_items
        price = item["price_data"]
        assert (mode, price["currency"], item["quantity"]) == ("payment", "gbp", "1")
        if int(price["unit_amount"]) < SMALLEST_PENCE:
            raise UserError(400, "The amount is too small", {"code": "amount_too_small"})
        super().__init__()
        self.amount_total = int(price["unit_amount"])
        self.client_reference_id = client_reference_id
        self.expires_at = int(expires_at)
        self.success_url = success_url
        self.status, self.payment_status = "open", "unpaid"
        self.payment_intent: str | None = None
        self._metadata = payment_intent_data["metadata"]
        self._intent: Any = None

    @property
    def url(self) -> str | None:
        """The card page, while it is open."""
        return f"https://checkout.stripe.com/c/pay/{self.id}" if self.status == "open" else None

    @classmethod
    def _api_pay(cls, id: str, number: str) -> "CheckoutSession":
        """The payer enters a card, which is no part of Stripe's API."""
        found: CheckoutSession = cls._api_retrieve(id)
        if found.status != "open":
            raise UserError(400, "This Checkout Session is no longer open")
        card = resources.PaymentMethod(type="card", card=CARD | {"number": number})
        intent = found._intent = found._intent or resources.PaymentIntent(
            amount=found.amount_total, currency="gbp", metadata=found._metadata
        )
        if card._attaching_is_declined():
            raise UserError(402, "Your card was declined.", {"code": "card_declined"})
        intent.payment_method = card.id
        intent._confirm(on_failure_now=intent._report_failure)
        found.payment_intent = intent.id
        found.status, found.payment_status = "complete", "paid"
        webhooks.schedule_webhook(resources.Event("checkout.session.completed", found))
        return found

    @classmethod
    def _api_expire(cls, id: str) -> "CheckoutSession":
        found: CheckoutSession = cls._api_retrieve(id)
        if found.status != "open":
            raise UserError(400, "Only Checkout Sessions with a status of open can be expired")
        found.status = "expired"
        return found


def _refuse_too_much(data: dict[str, Any]) -> None:
    intent = resources.PaymentIntent._api_retrieve(data["payment_intent"])
    charge = resources.Charge._api_retrieve(intent.latest_charge.id)
    if int(data["amount"]) > charge.amount - charge.amount_refunded:
        raise UserError(400, "The refund is too large", {"code": "charge_already_refunded"})


class Refund(resources.Refund):  # type: ignore[misc]
    """A refund of at most what is left."""

    @classmethod
    def _api_create(cls, **data: Any) -> Any:
        _refuse_too_much(data)
        return resources.Refund._api_create(**data)


def list_handler(kind: Any) -> Handler:
    """The list of what was created in a time."""

    async def listed(request: web.Request) -> web.Response:
        query = server.unflatten_data(request.query)
        created = query.pop("created", {})
        expand = query.pop("expand", None)
        found = kind._api_list_all(request.path, **query)
        since, until = int(created.get("gte", 0)), int(created.get("lt", 2**40))
        found._list = [each for each in found._list if since <= each.created < until]
        answer: web.Response = server.json_response(found._export(expand=expand))
        return answer

    return listed


@web.middleware
async def idempotency_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A repeated Idempotency-Key gets the first answer."""
    key = request.headers.get("Idempotency-Key")
    known = request.app["answers"]
    if key is None:
        return await handler(request)
    if key not in known:
        answer = await handler(request)
        assert isinstance(answer, web.Response)
        known[key] = answer.text
    return web.Response(text=known[key], content_type="application/json")


def app() -> web.Application:
    """The application with the routes that come before localstripe's own."""
    made = web.Application(middlewares=[*server.app.middlewares, idempotency_middleware])
    made["answers"] = {}
    sessions, post, get = "/v1/checkout/sessions", made.router.add_post, made.router.add_get
    post(sessions, server.api_create(CheckoutSession, sessions))
    get(f"{sessions}/{{id}}", server.api_retrieve(CheckoutSession, sessions))
    post(f"{sessions}/{{id}}/expire", server.api_extra(CheckoutSession._api_expire, sessions))
    post(f"{sessions}/{{id}}/_pay", server.api_extra(CheckoutSession._api_pay, sessions))
    get("/v1/payment_intents", list_handler(resources.PaymentIntent))
    get("/v1/refunds", list_handler(resources.Refund))
    post("/v1/refunds", server.api_create(Refund, "/v1/refunds"))
    post("/_config/webhooks/{id}", server.config_webhook)
    return made


async def _at_once(_: float) -> None:
    """In place of localstripe's pause before a webhook."""


def main() -> None:
    resources.store.dump_to_disk = lambda: None
    webhooks.asyncio = SimpleNamespace(sleep=_at_once, ensure_future=asyncio.ensure_future)
    listening = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    web.run_app(app(), sock=listening, print=None)


if __name__ == "__main__":
    with time_machine.travel(datetime.fromisoformat(sys.argv[1]), tick=True):
        main()
