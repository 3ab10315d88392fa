"""The entry point of the API's function on AWS (ADR 51).

It loads the module of a path with the first request for it, and on Lambda what nearly every request
uses before any request (ADR 57). `app.py` has all routes, for packaging and the local stack.
"""

import json
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from chalicelib.handlers.http.application import new_application
from chalicelib.settings import starts_on_lambda

ROUTE_TABLE = Path(__file__).with_name("routes.json")
"""Path → the modules with its routes; `python -m infra routes` writes it."""
_app = new_application()
_modules_of: dict[str, list[str]] = json.loads(ROUTE_TABLE.read_text(encoding="utf-8"))


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers a request of API Gateway."""
    for module in _modules_of.get(event["requestContext"]["resourcePath"], ()):
        _load(module)
    return _app(event, context)


@cache
def _load(module: str) -> None:
    _app.register_blueprint(import_module(f"chalicelib.handlers.{module}").routes)


if starts_on_lambda():
    from chalicelib.bootstrap import container

    container.preload()
