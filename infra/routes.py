"""The table of the API's routes: which module has the routes of a path."""

import json
from collections import defaultdict

import click

from chalicelib.handlers import description
from chalicelib.handlers.api import ROUTE_TABLE
from chalicelib.handlers.registry import ROUTES

FOLDER = "chalicelib.handlers."


def route_table() -> dict[str, list[str]]:
    """Each path with its modules below chalicelib/handlers, in the order of the registry."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for routes in [*ROUTES, description.routes]:
        module = routes.module.removeprefix(FOLDER)
        for fact in routes.facts:
            found[fact.path][module] = None
    return {path: list(modules) for path, modules in sorted(found.items())}


def as_json(table: dict[str, list[str]]) -> str:
    """The table as its file has it."""
    return json.dumps(table, indent=2) + "\n"


@click.command("routes")
def write_routes() -> None:
    """Write chalicelib/handlers/routes.json from the declarations of the routes."""
    ROUTE_TABLE.write_text(as_json(route_table()), encoding="utf-8")
