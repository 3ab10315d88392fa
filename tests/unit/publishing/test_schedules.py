"""A schedule fails if something was not published, so that Lambda tries again and an alarm is
raised."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.bootstrap.publishing import publishing_ports
from chalicelib.errors import UpstreamFailed
from chalicelib.handlers.http.event import HandlerFailed
from chalicelib.handlers.publishing import publishing_events
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.publishing.usecases import TouchedParts, publish
from tests.conftest import ROOT
from tests.support.composition import replace_built
from tests.support.fakes import MemoryDocuments
from tests.support.fakes_publishing import PublishingWorld
from tests.unit.publishing.test_wards import CENTRE, TILE

SCHEDULED = json.loads((ROOT / "tests" / "events" / "tidy.json").read_text(encoding="utf-8"))


class Refusing(MemoryDocuments):
    """Refuses to write below a prefix."""

    prefix = "nothing"

    def write(self, key: str, document: Any, held: StoredDocument | None) -> None:
        if key.startswith(self.prefix):
            raise UpstreamFailed("The store of documents did not answer.")
        super().write(key, document, held)


@pytest.fixture
def documents(monkeypatch: pytest.MonkeyPatch) -> Refusing:
    """The documents of a council with one ward, a report whose promise has passed, and one that was
    closed too long ago for the map."""
    here, documents = PublishingWorld(), Refusing()
    ports = replace(here.ports(), documents=documents, wards=lambda: [CENTRE])
    report = here.reports.put(expected_datetime=here.now())
    closed = here.reports.put(2, state="fixed", status="closed")
    touched = TouchedParts(tiles={TILE})
    both = {report.service_request_id: touched, closed.service_request_id: touched}
    assert publish(both, ports) == {}
    here.now.now += ports.closed_shown
    here.reports.put(state="investigating", expected_datetime=here.now())
    replace_built(monkeypatch, publishing_ports, ports)
    return documents


@pytest.mark.parametrize(
    ("schedule", "prefix"),
    [
        (publishing_events.publish_wards, "data/wards/"),
        (publishing_events.publish_overdue, "reports/"),
        (publishing_events.tidy, "data/tiles/"),
    ],
)
def test_schedule_fails_when_a_document_cannot_be_written(
    schedule: Any, prefix: str, documents: Refusing
) -> None:
    documents.prefix = prefix
    with pytest.raises(HandlerFailed):
        schedule(SCHEDULED, None)
    documents.prefix = "nothing"
    schedule(SCHEDULED, None)
    assert any(key.startswith(prefix) for key in documents.bodies)
