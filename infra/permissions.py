"""The permissions of routes: writes docs/PERMISSIONS.md from the routes' declarations, and gives
the expected response of each route for each kind of caller. A route names its permission, or is
listed here: in OPEN with the reason why it needs none, or in OWNED if access depends on the
caller's own report, key or cookie.
"""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal, NamedTuple

import click

from chalicelib.accounts.model import RANKS, Role
from chalicelib.accounts.permissions import PERMISSIONS, may
from chalicelib.errors import ConfigurationError
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.route_facts import RouteFacts

DOCUMENT = Path(__file__).parents[1] / "docs" / "PERMISSIONS.md"
Answer = Literal["allowed", "sign in", "refused", "not there"]
"""2xx or a fault in the request; 401; 403; 404."""


class Kind(NamedTuple):
    """A kind of caller: the role, None for anonymous; `is_here` if the report is in the caller's
    remit, `in_team` if at least its team is; `is_valid` if the token is."""

    role: Role | None
    is_here: bool = True
    is_valid: bool = True
    in_team: bool = True


CALLERS: Mapping[str, Kind] = {
    "nobody": Kind(None),
    "owner": Kind("resident"),
    "other resident": Kind("resident"),
    "crew": Kind("crew"),
    "crew elsewhere": Kind("crew", is_here=False, in_team=False),
    "officer": Kind("officer"),
    "officer elsewhere": Kind("officer", is_here=False),
    "admin": Kind("admin"),
    "disabled": Kind("admin", is_valid=False),
    "expired": Kind("admin", is_valid=False),
}

OPEN: Mapping[str, str] = {
    "GET /health": "answers whether the service runs",
    "GET /api/openapi.json": "describes the API",
    "POST /api/reports": "anyone can report",
    "GET /api/reports": "public reports",
    "GET /api/reports/nearby": "public reports",
    "POST /api/photos": "anyone can report",
    "POST /api/subscriptions": "anyone can subscribe; the address decides",
    "POST /api/subscriptions/moved": "anyone who knows a browser's old address",
    "GET /api/reports/{service_request_id}/photos/{photo_id}": (
        "the state of a photo, for anyone who has its id of 130 bits"
    ),
    "GET /api/places": "published places",
    "GET /api/my-area": "published places",
    "GET /api/premises*": (
        "the addresses of a postcode and their bin days, of which a caller gets a limited number"
    ),
    "POST /api/collections/calendars": (
        "publishes bin days that are public, under a name that does not tell the address"
    ),
    "GET /api/quotes": "the council's prices; of the free orders of addresses a limited number",
    "POST /api/holds": "anyone can book; a caller gets a limited number of holds",
    "DELETE /api/holds/{hold_id}": "anyone who has the id of a hold, which only its owner knows",
    "GET /api/facilities/*": "published places",
    "* /forms/report": "the same without JavaScript",
    "* /forms/services/*": "the same for any service",
    "POST /forms/for-caller": (
        "the same for an officer's caller; the ticket in the form says who the officer is"
    ),
    "* /forms/reports/*": "the same without JavaScript; a private report needs its link",
    "GET /forms/nearest*": "published places",
    "GET /forms/bins": "the same as /api/premises without JavaScript",
    "POST /forms/bins/calendar": "the same as /api/collections/calendars without JavaScript",
    "GET /forms/alerts": "the same without JavaScript",
    "POST /forms/alerts": "the same without JavaScript",
    "GET /forms/b/*": (
        "the link in a text message: leads to the page of a report, and reads nothing"
    ),
    "GET /forms/s/*": (
        "the link in a text message: leads to the page that stops alerts, and reads nothing"
    ),
    "GET /api/payments/*": "a payment, for anyone who has its id, which cannot be guessed",
    "* /forms/payments/*": "a payment, for anyone who has its id, which cannot be guessed",
    "* /forms/sign-in*": "anyone can sign in",
    "* /open311/*": "Open311: public data; writing needs an API key",
    "DELETE /api/session": "signs out the device that has the cookie or token",
    "POST /api/session/end": "signs out the device that has the cookie",
}
"""Routes that need no permission, and why; a pattern covers several."""


class OwnerRule(NamedTuple):
    """The permitted callers, and the response to all others; `has` names the condition."""

    has: str
    allowed: frozenset[str]
    others: Answer


VISIBLE_REPORT = OwnerRule(
    "a report that the caller may see", frozenset(("owner", "officer", "admin")), "not there"
)
OWN_REPORT = OwnerRule("the caller's own report", frozenset(("owner",)), "not there")
OWN_SUBSCRIPTION = OwnerRule(
    "the caller's own subscription, or its link", frozenset(("owner",)), "not there"
)
ALERT_LINK = OwnerRule("the link in one of its alerts", frozenset(), "not there")
QUESTION_LINK = OwnerRule("the link in the question", frozenset(), "not there")
JOB_LINK = OwnerRule("the link to the job", frozenset(), "not there")
PAYABLE_REQUEST = OwnerRule(
    "a request that the caller may see and that bought a subscription", frozenset(), "not there"
)
OWNER_RULES: Mapping[str, OwnerRule] = {
    "GET /api/reports/{service_request_id}": VISIBLE_REPORT,
    "POST /api/reports/{service_request_id}/updates": VISIBLE_REPORT,
    "POST /api/reports/{service_request_id}/follow": VISIBLE_REPORT,
    "PATCH /api/reports/{service_request_id}/booking": VISIBLE_REPORT,
    "POST /api/reports/{service_request_id}/booking/cancellation": VISIBLE_REPORT,
    "POST /api/reports/{service_request_id}/flags": VISIBLE_REPORT,
    "GET /api/reports/{service_request_id}/garden": PAYABLE_REQUEST,
    "POST /api/reports/{service_request_id}/garden/cancellation": PAYABLE_REQUEST,
    "POST /api/reports/{service_request_id}/garden/move": PAYABLE_REQUEST,
    "POST /api/reports/{service_request_id}/payments": VISIBLE_REPORT,
    "POST /api/payments/notifications": OwnerRule(
        "the payment provider's signature", frozenset(), "refused"
    ),
    "POST /api/reports/{service_request_id}/withdrawal": OwnerRule(
        "the key that the report was sent with", frozenset(("owner",)), "not there"
    ),
    "PATCH /api/account/reports/{service_request_id}": OWN_REPORT,
    "POST /api/account/reports/{service_request_id}/withdrawal": OWN_REPORT,
    "GET /api/subscriptions/{subscription_id}": OWN_SUBSCRIPTION,
    "PATCH /api/subscriptions/{subscription_id}": OWN_SUBSCRIPTION,
    "DELETE /api/subscriptions/{subscription_id}": OWN_SUBSCRIPTION,
    "POST /api/subscriptions/{subscription_id}/confirm": OwnerRule(
        "what its address received", frozenset(), "not there"
    ),
    "GET /forms/alerts/{subscription_id}/unsubscribe": ALERT_LINK,
    "POST /forms/alerts/{subscription_id}/unsubscribe": ALERT_LINK,
    "GET /forms/alerts/{subscription_id}/all": ALERT_LINK,
    "POST /forms/alerts/{subscription_id}/all": ALERT_LINK,
    "GET /forms/alerts/{subscription_id}": OwnerRule("its link", frozenset(), "not there"),
    "POST /forms/alerts/{subscription_id}": OwnerRule("its link", frozenset(), "not there"),
    "GET /forms/alerts/{subscription_id}/confirm": OwnerRule(
        "what its address received", frozenset(), "not there"
    ),
    "POST /forms/alerts/{subscription_id}/confirm": OwnerRule(
        "what its address received", frozenset(), "not there"
    ),
    "POST /forms/alerts/{subscription_id}/code": OwnerRule(
        "what its address received", frozenset(), "not there"
    ),
    "GET /forms/mended/{token}": QUESTION_LINK,
    "POST /forms/mended/{token}": QUESTION_LINK,
    "GET /forms/jobs/{token}": JOB_LINK,
    "POST /forms/jobs/{token}": JOB_LINK,
    "GET /forms/questions/{token}": QUESTION_LINK,
    "POST /forms/questions/{token}": QUESTION_LINK,
    "POST /api/session/refresh": OwnerRule("the cookie of signing in", frozenset(), "sign in"),
}
"""The response without a key or cookie; for a route of one report, if it is private. If it is
public all callers are permitted, but only its sender can withdraw it."""


class UndeclaredError(ConfigurationError):
    """A route names no permission, and is in neither table."""


def name_of(facts: RouteFacts) -> str:
    return f"{facts.method} {facts.path}"


def open_reason(facts: RouteFacts) -> str | OwnerRule:
    """Why a route needs no permission, or its alternative condition. Raises UndeclaredError."""
    name = name_of(facts)
    known: dict[str, str | OwnerRule] = {**OPEN, **OWNER_RULES}
    for pattern, what in known.items():
        if pattern == name or ("*" in pattern and fnmatchcase(name, pattern)):
            return what
    raise UndeclaredError(f"{name}: name its permission, or say in infra/permissions.py why not.")


def expected_answer(facts: RouteFacts, caller: str) -> Answer:
    """The expected response to a caller. Raises UndeclaredError."""
    kind, permission = CALLERS[caller], auth.permission_of(facts.auth)
    reads_tokens = facts.auth not in (auth.anywhere, auth.partner, auth.payment_provider)
    if not kind.is_valid and reads_tokens:
        return "sign in"
    if permission is None:
        return _without_permission(facts, caller)
    if kind.role is None:
        return "sign in"
    if not may((kind.role,), permission):
        return "refused"
    if name_of(facts) in OWNER_RULES:
        return _without_permission(facts, caller)
    beyond = PERMISSIONS[permission].in_remit and not kind.is_here and "{" in facts.path
    return _outside_remit(facts, kind) if beyond else "allowed"


def _outside_remit(facts: RouteFacts, kind: Kind) -> Answer:
    """The answer for staff with another remit. Crews are not secret, and belong to a team wherever
    they work. A caller who tries to change a job or a disruption may know that it exists."""
    if "{crew}" in facts.path:
        return "allowed" if kind.in_team else "refused"
    is_change = facts.method != "GET" and any(
        name in facts.path for name in ("{job_id}", "{disruption_id}")
    )
    return "refused" if is_change else "not there"


def _without_permission(facts: RouteFacts, caller: str) -> Answer:
    needs = open_reason(facts)
    if isinstance(needs, str) or caller in needs.allowed:
        return "allowed"
    return needs.others


def document(routes: Iterable[RouteFacts]) -> str:
    """docs/PERMISSIONS.md."""
    declared = sorted(routes, key=lambda facts: (facts.path, facts.method))
    return "\n".join([*_head(), *_permissions(), *_routes(declared), ""])


def _head() -> Iterator[str]:
    yield "# Who may do what"
    yield ""
    yield (
        "Made by `python -m infra permissions` from `chalicelib/accounts/permissions.py` and what "
        "the routes declare; a test fails when it is not up to date, and another calls every route "
        "as every caller. [ADR 24](adr/0024-permissions-and-audit.md) says why it is so."
    )


def _permissions() -> Iterator[str]:
    yield from ("", "## Permissions", "", "| permission | who | what |", "|---|---|---|")
    for name, rule in PERMISSIONS.items():
        where = "; only for the teams and wards of their role" if rule.in_remit else ""
        who = ", ".join(role for role in RANKS if role in rule.roles)
        yield f"| `{name}` | {who} | {rule.says}{where} |"
    yield ""
    yield (
        "Everybody who is signed in is a resident. Outside the teams and wards of their role, "
        "members of staff are residents like any other."
    )


def _routes(declared: Iterable[RouteFacts]) -> Iterator[str]:
    yield from ("", "## Routes", "")
    yield (
        "*yes*: the call is taken. *401*: sign in (again). *403*: refused. *404*: not there for "
        "this caller. *Elsewhere* is whose teams (of a crew) or wards (of an officer) are others "
        "than those of the report or job; *disabled* and *expired* are an administrator whose "
        "account, or whose token, is no longer valid. "
        "Routes of one report are shown for a private one: where it is public the 404s of those "
        "who only read, add, follow or flag are a *yes*, and that of an officer elsewhere who "
        "would change it is a 403."
    )
    yield from (
        "",
        f"| route | needs | {' | '.join(CALLERS)} |",
        f"|---|---|{'---|' * len(CALLERS)}",
    )
    for facts in declared:
        marks = " | ".join(MARKS[expected_answer(facts, caller)] for caller in CALLERS)
        yield f"| `{name_of(facts)}` | {_needs(facts)} | {marks} |"


def _needs(facts: RouteFacts) -> str:
    if permission := auth.permission_of(facts.auth):
        own = OWNER_RULES.get(name_of(facts))
        return f"`{permission}`" + (f", {own.has}" if own else "")
    needs = open_reason(facts)
    return f"nothing: {needs}" if isinstance(needs, str) else needs.has


MARKS: Mapping[Answer, str] = {
    "allowed": "yes",
    "sign in": "401",
    "refused": "403",
    "not there": "404",
}


def declared_routes() -> list[RouteFacts]:
    """The declarations of all routes of the application."""
    from chalicelib.handlers import description
    from chalicelib.handlers.registry import ROUTES

    return [facts for group in [*ROUTES, description.routes] for facts in group.facts]


@click.command("permissions")
def permissions() -> None:
    """Write docs/PERMISSIONS.md: which roles may call which route."""
    DOCUMENT.write_text(document(declared_routes()), encoding="utf-8")
    click.echo(f"{DOCUMENT.name} is written.")
