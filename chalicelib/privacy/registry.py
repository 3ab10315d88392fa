"""The data registry: one row for each kind of stored data, with its reason, time and audience.

The rows are in registry.json, from which the web client's privacy notice is built, too.
The value `depends on what is sent` marks text and photos that people send themselves.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chalicelib.errors import ConfigurationError

REGISTRY = Path(__file__).with_suffix(".json")

Words = Annotated[str, Meta(pattern=r"\S")]
Code = Annotated[str, Meta(pattern=r"^[a-z]+(-[a-z]+)*$")]
Personal = Literal["yes", "no", "depends on what is sent"]
LAWS = ("UK GDPR", "PECR")


class Store(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A store of data; `resources` are those of the template that contain it."""

    store: Code
    title: Words
    resources: tuple[str, ...]


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of stored data; `attribute` names a nested one with a dot."""

    store: Code
    attribute: Words
    what: Words
    why: Words
    kept_for: Words
    seen_by: Words
    personal: Personal


class Registry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All stores, and all rows in the order of their stores; `facts` are the names of the fields
    that the privacy notice shows of a row, by field."""

    facts: Mapping[Literal["why", "kept_for", "seen_by"], Words]
    stores: tuple[Store, ...]
    rows: tuple[Row, ...]


def load_registry() -> Registry:
    """The registry that ships. Raises ConfigurationError."""
    return parse_registry(REGISTRY.read_bytes())


def parse_registry(raw: bytes) -> Registry:
    """The registry in the document `raw`. Raises ConfigurationError naming the place and the
    fix."""
    try:
        registry = msgspec.json.decode(raw, type=Registry)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{REGISTRY.name}: {error}") from error
    if faults := list(_faults(registry)):
        raise ConfigurationError(f"{REGISTRY.name}: " + "; ".join(faults))
    return registry


def _faults(registry: Registry) -> Iterable[str]:
    known = {each.store for each in registry.stores}
    times = Counter((row.store, row.attribute) for row in registry.rows)
    for at, row in enumerate(registry.rows):
        if row.store not in known:
            yield f"`$.rows[{at}].store`: {row.store!r} is not in `$.stores`; add it or name one"
        if times[row.store, row.attribute] > 1:
            yield f"`$.rows[{at}].attribute`: {row.attribute!r} is there twice; leave one"
        if row.personal != "no" and not any(law in row.why for law in LAWS):
            yield f"`$.rows[{at}].why`: what is personal needs its lawful basis; name {LAWS[0]}"
    for empty in sorted(known - {row.store for row in registry.rows}):
        yield f"`$.stores`: {empty!r} has no row; add one or remove it"
