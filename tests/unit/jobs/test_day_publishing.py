"""The documents of crews' days: what stands in them, and who hears of a change."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import md5
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.errors import AddressRefused, Conflict, Gone, NotFound, UpstreamFailed
from chalicelib.jobs.crew_ports import CrewPorts, Device
from chalicelib.jobs.model import Job
from chalicelib.jobs.usecases.crew_devices import KEPT_FOR, MOST_DEVICES
from chalicelib.jobs.usecases.crew_devices import register_device as register_phone
from chalicelib.jobs.usecases.day_publishing import (
    DayDocument,
    day_link,
    document_key,
    publish_days,
    publish_due,
)
from chalicelib.jobs.views import JobDetails, JobPhotoView, JobView, job_view
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.push_address import PushAddress
from chalicelib.kernel.stored_document import StoredDocument
from tests.support.builders import NOON
from tests.support.fakes_jobs import JOB, TODAY, JobsWorld, MemoryJobs, event, planned_job

OTHER = "J0B000000002"
KEY = document_key("north", TODAY)


def register(crew: str, push: PushAddress, ports: CrewPorts, session: str = "") -> Device:
    """A phone, signed in for a year."""
    session, until = session or push.endpoint, NOON + timedelta(days=365)
    return register_phone(crew, session, push, ports, until=until)


class MemoryDays:
    """Documents in a dictionary; `meets` is called before a write, like another writer."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.puts: list[str] = []
        self.meets: Callable[[], None] = lambda: None

    def read(self, key: str) -> StoredDocument | None:
        body = self.bodies.get(key)
        return StoredDocument(body, md5(body, usedforsecurity=False).hexdigest()) if body else None

    def write(self, key: str, body: bytes, held: StoredDocument | None) -> None:
        self.meets()
        if self.read(key) != held:
            raise VersionConflict(key)
        self.puts.append(key)
        self.bodies[key] = body

    def address(self, key: str, expires_at: datetime) -> str:
        return f"https://days.example/{key}?until={expires_at:%H:%M}"


class MemoryDevices:
    def __init__(self) -> None:
        self.known: dict[str, Device] = {}

    def add(self, device: Device) -> None:
        self.known[device.device_id] = device

    def remove(self, crew: str, device_id: str) -> None:
        self.known.pop(device_id, None)

    def of_crew(self, crew: str) -> Sequence[Device]:
        return [each for each in self.known.values() if each.crew == crew]


class Notifications:
    """Keeps what is sent in a list; `fails` by endpoint."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes]] = []
        self.fails: dict[str, Exception] = {}

    def check(self, to: PushAddress) -> None:
        if not to.endpoint.startswith("https://"):
            raise AddressRefused("Nothing is sent there.")

    def send(self, content: bytes, to: PushAddress) -> None:
        if error := self.fails.get(to.endpoint):
            raise error
        self.sent.append((to.endpoint, content))


@dataclass
class Office:
    """What writes the days, in memory."""

    yard: JobsWorld = field(
        default_factory=lambda: JobsWorld(jobs=MemoryJobs(planned_job(position=1)))
    )
    documents: MemoryDays = field(default_factory=MemoryDays)
    devices: MemoryDevices = field(default_factory=MemoryDevices)
    notifications: Notifications = field(default_factory=Notifications)

    def ports(self) -> CrewPorts:
        return CrewPorts(
            jobs=self.yard.jobs,
            council=self.yard.council,
            views=self._views,
            documents=self.documents,
            devices=self.devices,
            check_push=self.notifications.check,
            notify=self.notifications.send,
            now=self.yard.clock,
        )

    def publish(self, crew: str = "north") -> DayDocument:
        assert publish_days({(crew, TODAY)}, self.ports()) == {}
        return self.document(crew)

    def document(self, crew: str = "north") -> DayDocument:
        return msgspec.json.decode(
            self.documents.bodies[document_key(crew, TODAY)], type=DayDocument
        )

    def change(self, job_id: str = JOB, **values: Any) -> None:
        stored = self.yard.jobs.stored[job_id]
        self.yard.jobs.stored[job_id] = replace(stored, version=stored.version + 1, **values)

    def _views(self, jobs: Sequence[Job], until: datetime) -> Sequence[JobView]:
        url = f"https://photos.example/?signed={self.yard.clock.now:%H:%M}&until={until:%H:%M}"
        photo = JobPhotoView(photo_id="P", url=url, thumbnail_url=url)
        beside = JobDetails(service_name="Pothole", photos_before=(photo,))
        return [job_view(job, beside) for job in jobs]


@pytest.fixture
def office() -> Office:
    return Office()


def phone(endpoint: str = "https://push.example/1") -> PushAddress:
    return PushAddress(endpoint=endpoint, p256dh="key", auth="secret")


def test_document_has_the_day_in_its_order(office: Office) -> None:
    office.yard.jobs.add(planned_job(OTHER, position=2))
    office.yard.jobs.add(planned_job("J0B000000003", position=1, state="cancelled"))
    found = office.publish()
    assert [job.job_id for job in found.jobs] == [JOB, OTHER]
    assert (found.crew, found.name, found.date) == ("north", "A crew", TODAY)
    assert found.depot.name == "The yard"
    assert found.shift.starts == "07:30"
    assert found.gone == ()


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"crew": "south"}, "Another crew has it now."),
        ({"planned_day": TODAY + timedelta(days=1)}, "It is now planned for 02/06/2026."),
        ({"crew": None, "planned_day": None, "state": "to_plan"}, "The office removed it"),
        ({"state": "cancelled", "cancelled_because": "It was mended."}, "It was mended."),
        ({"state": "cancelled"}, "The office cancelled it."),
    ],
)
def test_job_is_removed_with_the_reason_when_the_crew_no_longer_has_it(
    change: dict[str, Any], because: str, office: Office
) -> None:
    office.publish()
    office.change(**change)
    found = office.publish()
    assert found.jobs == ()
    assert [each.job_id for each in found.gone] == [JOB]
    if NOON.date() == TODAY and "planned_day" not in change:
        assert found.gone[0].because.startswith(because)
    assert office.publish().gone == found.gone


def test_job_is_not_listed_as_removed_when_it_comes_back(office: Office) -> None:
    office.publish()
    office.change(crew="south")
    office.publish()
    office.change(crew="north")
    found = office.publish()
    assert [job.job_id for job in found.jobs] == [JOB]
    assert found.gone == ()


def test_document_is_written_once_when_nothing_changes(office: Office) -> None:
    office.publish()
    office.yard.pass_time(hours=5)
    office.publish()
    assert office.documents.puts == [KEY]


def test_document_is_renewed_silently_when_its_addresses_are_half_expired(
    office: Office,
) -> None:
    register("north", phone(), office.ports())
    before = office.publish()
    office.notifications.sent.clear()
    office.yard.pass_time(hours=6)
    after = office.publish()
    assert after.made_at > before.made_at
    assert after.jobs[0].photos_before != before.jobs[0].photos_before
    assert office.notifications.sent == []


def test_newer_state_stays_after_a_lost_race(office: Office) -> None:
    office.publish()
    office.change(title="Old")

    def meet() -> None:
        office.documents.meets = lambda: None
        office.change(title="New")
        office.publish()

    office.documents.meets = meet
    assert office.publish().jobs[0].title == "New"


def test_day_fails_when_it_keeps_changing(office: Office) -> None:
    def meet() -> None:
        office.documents.bodies[KEY] = office.documents.bodies[KEY] + b" "

    office.publish()
    office.change(title="New")
    office.documents.meets = meet
    failed = publish_days({("north", TODAY), ("south", TODAY)}, office.ports())
    assert isinstance(failed["north", TODAY], UpstreamFailed)
    assert failed.keys() == {("north", TODAY)}


def test_phones_are_notified_only_of_the_offices_changes(office: Office) -> None:
    register("north", phone(), office.ports())
    register("south", phone("https://push.example/2"), office.ports())
    office.publish()
    office.notifications.sent.clear()
    office.change(state="done", events=(event(),))
    assert office.publish().jobs[0].state == "done"
    assert office.notifications.sent == []
    office.change(instructions="Ring first.")
    office.publish()
    assert office.notifications.sent == [("https://push.example/1", b'{"kind":"day"}')]


def test_phones_are_not_notified_of_another_day(office: Office) -> None:
    register("north", phone(), office.ports())
    tomorrow = TODAY + timedelta(days=1)
    office.change(planned_day=tomorrow)
    assert publish_days({("north", tomorrow)}, office.ports()) == {}
    assert office.documents.puts == [document_key("north", tomorrow)]
    assert office.notifications.sent == []


def test_day_is_published_when_a_phone_cannot_be_notified(office: Office) -> None:
    for number in range(3):
        register("north", phone(f"https://push.example/{number}"), office.ports())
    office.notifications.fails = {
        "https://push.example/0": UpstreamFailed("Not now."),
        "https://push.example/1": Gone("Nobody."),
    }
    office.publish()
    assert [endpoint for endpoint, _ in office.notifications.sent] == ["https://push.example/2"]
    left = {each.push.endpoint for each in office.devices.of_crew("north")}
    assert left == {"https://push.example/0", "https://push.example/2"}


def test_phone_is_not_notified_when_it_was_unused_for_a_month(office: Office) -> None:
    office.devices.add(
        Device(crew="north", device_id="D", push=phone(), expires_at=NOON - timedelta(days=1))
    )
    office.publish()
    assert office.notifications.sent == []


def test_upcoming_days_are_written_when_they_are_due(office: Office) -> None:
    assert publish_due(office.ports()) == {}
    crews, days = ("green", "north", "south"), (TODAY, TODAY + timedelta(days=1))
    assert office.documents.puts == [document_key(crew, day) for crew in crews for day in days]


def test_day_has_no_document_when_it_is_far_off_or_has_no_crew(office: Office) -> None:
    days = {
        ("north", TODAY - timedelta(days=2)),
        ("north", TODAY + timedelta(days=8)),
        ("nobody", TODAY),
    }
    assert publish_days(days, office.ports()) == {}
    assert office.documents.puts == []


def test_address_of_the_day_is_valid_for_a_shift(office: Office) -> None:
    with pytest.raises(NotFound):
        day_link("north", TODAY, office.ports())
    office.publish()
    link = day_link("north", TODAY, office.ports())
    assert link.expires_at == NOON + timedelta(hours=12)
    assert KEY in link.url
    held = office.documents.read(KEY)
    assert held and link.etag == held.etag


def test_phone_is_stored_once(office: Office) -> None:
    first = register("north", phone(), office.ports())
    office.yard.pass_time(days=3)
    again = register("north", phone(), office.ports())
    assert again.expires_at > first.expires_at
    assert list(office.devices.of_crew("north")) == [again]


def test_phone_is_notified_once_after_a_new_sign_in_until_its_session_ends(
    office: Office,
) -> None:
    register("north", phone(), office.ports(), "monday")
    later = register("north", phone(), office.ports(), "tuesday")
    assert list(office.devices.of_crew("north")) == [later] and later.expires_at == NOON + KEPT_FOR
    soon = NOON + timedelta(hours=1)
    assert register_phone("north", "x", phone(), office.ports(), until=soon).expires_at == soon


def test_phone_is_refused_when_its_address_is_invalid_or_there_are_too_many(office: Office) -> None:
    with pytest.raises(AddressRefused):
        register("north", phone("http://10.0.0.1/"), office.ports())
    for number in range(MOST_DEVICES):
        register("north", phone(f"https://push.example/{number}"), office.ports())
    with pytest.raises(Conflict):
        register("north", phone("https://push.example/one-more"), office.ports())
    register("north", phone("https://push.example/0"), office.ports())
