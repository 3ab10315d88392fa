"""Pages made with jinja2: one layout for all, and each slice's own templates beside its code."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

SHARED = Path(__file__).parent / "templates"
"""Holds layout.html, which every page extends."""


def environment(templates: Path) -> Environment:
    """Templates of that folder and the shared ones. Everything is escaped; a name that the
    template's caller forgot is an error."""
    return Environment(
        loader=FileSystemLoader([templates, SHARED]), autoescape=True, undefined=StrictUndefined
    )
