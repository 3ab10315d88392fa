"""Requests in API Gateway's format for Lambda."""

import json
from types import SimpleNamespace
from typing import Any

from chalice.app import Chalice
from chalice.local import LambdaEventConverter, RouteMatcher

from chalicelib.bootstrap import container
from chalicelib.handlers.http.cdn import ORIGIN

FORM = "application/x-www-form-urlencoded"
CONTEXT = SimpleNamespace(
    aws_request_id="00000000-0000-4000-8000-000000000000", function_name="bench"
)


def event(
    app: Chalice,
    method: str,
    path: str,
    body: Any = None,
    headers: dict[str, str] | None = None,
) -> dict[str, Any]:
    """The event of a request that came through the CDN; its body is sent as JSON, a text as a
    form."""
    converter = LambdaEventConverter(RouteMatcher(list(app.routes)))
    content = {ORIGIN: container.secret("origin").current()}
    if body is not None:
        is_form = isinstance(body, str)
        content["content-type"] = FORM if is_form else "application/json"
    made: dict[str, Any] = converter.create_lambda_event(
        method=method, path=path, headers=content | (headers or {}), body=None
    )
    # Chalice's converter leaves bytes there, API Gateway text.
    made["body"] = body if body is None or isinstance(body, str) else json.dumps(body)
    made["isBase64Encoded"] = False
    return made


def answer(app: Chalice, request: dict[str, Any]) -> Any:
    """The answer's decoded body. Raises RuntimeError if it is an error."""
    reply = app(request, CONTEXT)
    if reply["statusCode"] >= 400:
        raise RuntimeError(f"{request['requestContext']['path']} answered {reply}")
    return json.loads(reply["body"])
