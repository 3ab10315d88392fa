"""Cold starts of signing in: like bench/cold.py, with new input for each run, because a code, a
cookie and a handover are valid once."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from bench import gateway, stack
from bench.cold import API, DATABASE, EVENT, EVENTS, FirstTask, fresh_call, rows_of
from bench.packaged import build_package
from bench.process import FRESH_ROUNDS
from bench.table import Row
from chalicelib.accounts.model import Destination
from chalicelib.accounts.usecases.code_requests import request_code
from chalicelib.accounts.usecases.code_verification import ensure_account, open_session
from chalicelib.accounts.usecases.single_sign_on import begin_sign_in
from chalicelib.bootstrap.accounts import accounts_ports, sign_on_ports
from chalicelib.catalogue.load import COUNCILS
from chalicelib.handlers.http import cookies
from tests.support.issuer import Issuer, give_client_secret, serve_issuer, staff_at

GROUP = "Cold start of signing in: CPU of a fresh process with its first answer"
FORMS = "/forms/sign-in"
Making = Callable[[], dict[str, Any]]
_numbers = count()


def rows() -> Iterator[Row]:
    # Without its pump, which would send the codes before the process that is measured.
    with stack.running_stack(pump=False) as here:
        yield from rows_on(here)


def rows_on(here: stack.Stack, rounds: int = FRESH_ROUNDS) -> Iterator[Row]:
    with ExitStack() as held:
        folder = held.enter_context(build_package())
        issuer = held.enter_context(serve_issuer(Issuer()))
        council = _council(Path(held.enter_context(TemporaryDirectory())), issuer)
        environment = here.environment | {"COUNCIL": council, "OUTSIDE_ALLOWED": issuer.url}
        environment["PYTHONPATH"] = str(folder)
        held.enter_context(stack.working_environment(environment))
        give_client_secret("staff")
        firsts = [
            *_routes(here.officer, issuer, environment),
            *_handlers(environment),
        ]
        yield from rows_of(GROUP, firsts, rounds)


def _council(folder: Path, issuer: Issuer) -> str:
    """The demo council, whose staff sign in at that issuer."""
    document = json.loads((COUNCILS / "demo.json").read_text(encoding="utf-8"))
    document["identity_providers"] = [staff_at(issuer)]
    file = folder / "identified.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return str(file)


def _routes(
    officer: dict[str, str], issuer: Issuer, environment: Mapping[str, str]
) -> Iterator[FirstTask]:
    def route(name: str, making: Making) -> FirstTask:
        return FirstTask(name, fresh_call(API, making, environment), DATABASE)

    yield route("request a code", lambda: _form(FORMS, address=_address()))
    yield route("sign in with it", _code_event)
    yield route("a new access token", _cookie_event)
    yield route("start at another organisation", lambda: _form(f"{FORMS}/with/staff", next="/"))
    yield route("return from there", lambda: _return_event(issuer))
    yield route("GET /api/account, signed in", lambda: _call("GET", "/api/account", **officer))


def _handlers(environment: Mapping[str, str]) -> Iterator[FirstTask]:
    handler = "chalicelib.handlers.accounts.accounts_events"
    for name in ("fan_out_people", "send_code"):
        fresh = fresh_call(f"{handler}.{name}", partial(_event, name), environment)
        yield FirstTask(f"event: {name}", fresh, EVENT)


def _address() -> str:
    return f"resident{next(_numbers)}@example.org"


def _attempt_id() -> str:
    return request_code(_address(), accounts_ports()).attempt_id


def _code_event() -> dict[str, Any]:
    attempt_id = _attempt_id()
    code = accounts_ports().codes.code(attempt_id)
    return _form(f"{FORMS}/code", attempt=attempt_id, code=code)


def _cookie_event() -> dict[str, Any]:
    ports = accounts_ports()
    account = ensure_account(Destination("email", _address()), ports)
    who = open_session(account, device="A bench", assurance="contact", ports=ports)
    token = ports.refresh_tokens.token(who.session)
    return _call("POST", "/api/session/refresh", cookie=f"{cookies.NAME}={token}")


def _return_event(issuer: Issuer) -> dict[str, Any]:
    departure = begin_sign_in("staff", "/", sign_on_ports())
    query = issuer.sign_in(departure.url, groups=["roads"])
    cookie = f"{cookies.HANDOVER}={departure.browser}"
    return _call("GET", f"{FORMS}/back/staff?{urlencode(query)}", cookie=cookie)


def _event(name: str) -> dict[str, Any]:
    """The event for a new attempt, instead of the one in the file."""
    said = (EVENTS / f"{name}.json").read_text(encoding="utf-8")
    event: dict[str, Any] = json.loads(said.replace(f"{1:032}", _attempt_id()))
    return event


def _form(path: str, **fields: str) -> dict[str, Any]:
    return _call("POST", path, urlencode(fields))


def _call(method: str, path: str, body: str | None = None, **headers: str) -> dict[str, Any]:
    import app

    return gateway.event(app.app, method, path, body, headers)
