"""A call of a route: who calls, what was sent, and the line that is logged of it."""

import re
import secrets
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NamedTuple

from chalice.app import Request

from chalicelib import errors
from chalicelib.handlers.http.identity import Caller
from chalicelib.handlers.http.route_facts import RouteFacts
from chalicelib.kernel import idempotency
from chalicelib.kernel.observability import logs
from chalicelib.kernel.parsing import parse_json
from chalicelib.texts import Text

REHEARSAL = "rehearsal"
LONGEST_PARAMETER = 1_000
"""Bytes of a parameter in a path or a query: many are keys, and DynamoDB's sort keys have at most
1,024."""


class Call(NamedTuple):
    """A request on its way to a view: the caller, and the data sent."""

    request: Request
    caller: Caller

    @property
    def body(self) -> bytes:
        raw = self.request.raw_body
        return raw.encode() if isinstance(raw, str) else raw

    @property
    def is_rehearsal(self) -> bool:
        """True if the check of a release makes the call, past API Gateway: then nothing is stored.
        API Gateway writes the context of all other requests, so nobody else can say this."""
        return self.request.context.get(REHEARSAL) is True

    @property
    def sent_key(self) -> str:
        """The Idempotency-Key header, for calls that an API key or an account separates from
        others. Raises Invalid if it is missing or unusable."""
        key = str(self.request.headers.get("idempotency-key", "")).strip()
        if not idempotency.is_usable(key):
            raise errors.Invalid.field(
                idempotency.HEADER,
                Text(
                    "send this header with 1 to 255 printable characters, a new value for each "
                    "thing that you send"
                ),
            )
        return key

    @property
    def idempotency_key(self) -> str:
        """The Idempotency-Key header. Raises Invalid if it is missing or unusable, or if the caller
        is not signed in and it can be guessed."""
        key = self.sent_key
        if self.caller.account is None:
            idempotency.refuse_guessable(key)
        return key

    @property
    def photo_key(self) -> str:
        """The Idempotency-Key header of a photo, `<key of its report or update>/<number>`. Raises
        Invalid as `idempotency_key` does, for the key of the report or update."""
        key = self.sent_key
        if self.caller.account is None:
            idempotency.refuse_guessable(key.rpartition("/")[0] or key)
        return key

    @property
    def key_or_a_new_one(self) -> str:
        """The Idempotency-Key header if it is optional: without it, every call counts as a new one.
        Raises Invalid."""
        sent = "idempotency-key" in self.request.headers
        return self.idempotency_key if sent else secrets.token_hex(16)

    @property
    def version(self) -> int:
        """The version in the If-Match header. Raises VersionRequired, Invalid."""
        sent = str(self.request.headers.get("if-match", "")).strip()
        if not sent:
            raise errors.VersionRequired(
                Text('Name the version that you change: If-Match: "<version>".')
            )
        found = re.fullmatch(r'"?([0-9]{1,9})"?', sent)
        if not found:
            raise errors.Invalid.field(
                "If-Match", Text('must be the version in quotes, such as "3"')
            )
        return int(found[1])

    def parameter(self, name: str, *, longest: int = LONGEST_PARAMETER) -> str | None:
        """A parameter of the query string; an empty one counts as absent. Raises Invalid if it has
        more than `longest` bytes."""
        sent = self.request.query_params
        value: str | None = sent.get(name) if sent else None
        if value and _is_longer(value, longest):
            raise errors.Invalid.field(name, Text("must be at most {most} bytes", most=longest))
        return value or None


class Called(NamedTuple):
    """A call of a route, with the line that is logged at its end."""

    request: Request
    facts: RouteFacts
    parameters: dict[str, str]
    line: logs.Fields

    def content(self, view: Callable[..., Any]) -> Any:
        """The view's answer to a caller who passes the route's gate. Raises as both do, and as
        `parse_json` does; NotFound for a parameter of the path that is too long for any id."""
        caller = self.facts.auth(self.request)
        for parameter, value in self.parameters.items():
            if _is_longer(value, LONGEST_PARAMETER):
                raise errors.NotFound(
                    Text(
                        "There is nothing at this address: `{name}` is longer than {most} bytes.",
                        name=parameter,
                        most=LONGEST_PARAMETER,
                    )
                )
        self.line["role"] = caller.role or "nobody"
        call = Call(self.request, caller)
        name = self.facts.body_name
        empty = b"{}" if self.facts.may_be_empty else b""
        sent = {name: parse_json(call.body or empty, self.facts.body)} if name else {}
        return view(call, **sent, **self.parameters)

    def note(self, error: Exception, status: HTTPStatus) -> None:
        """Adds the error to the line; an error of our own also gets a line of its own."""
        self.line["error"] = type(error).__name__
        if status >= 500:
            logs.failure("a call failed", error, route=self.facts.path, method=self.facts.method)


def _is_longer(value: str, most: int) -> bool:
    return len(value.encode(errors="replace")) > most
