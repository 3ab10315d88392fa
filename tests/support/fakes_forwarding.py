"""The ports of forwarding reports, in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from msgspec.structs import replace

from chalicelib.errors import Conflict, NotFound
from chalicelib.georeport.wire import Tree, write
from chalicelib.kernel.email import Email
from chalicelib.net.reply import Reply
from chalicelib.outbound.model import Case, Contact
from chalicelib.outbound.ports import Mark
from chalicelib.reports.published import AnsweredQuestion, BookedTime, WorkDetails, WorkItem
from tests.support.builders import MARKET_PLACE, NOON
from tests.support.http_client import InProcessClient

REFERENCE = "7K3M2QXV9HTD"
GROUPED = "7K3M-2QXV-9HTD"


def answer(code: str, *values: str) -> AnsweredQuestion:
    """An answer whose words are its values, to a question whose words are its code."""
    return AnsweredQuestion(code=code, question=code, values=values, texts=values)


WORK = WorkDetails(
    lat=MARKET_PLACE["lat"],
    long=MARKET_PLACE["long"],
    address="Low Petergate",
    answers=(answer("depth", "10 cm"), answer("kinds", "round", "wet")),
)

COLLECTION = replace(
    WORK,
    address="2 Dial Row, YO1 7HH",
    uprn="990000000001",
    items=(
        WorkItem(code="sofa", name="Sofa", count=2),
        WorkItem(code="fridge", name="Fridge or freezer", count=1),
    ),
    booked=BookedTime(
        day=date(2026, 6, 15), slot="am", slot_name="Morning", begins="07:00", minutes=300
    ),
    answers=(),
)
"""A booked collection of three items."""


def forwarded_case(**values: Any) -> Case:
    """A report as it is forwarded."""
    return Case(
        **{
            "service_request_id": REFERENCE,
            "version": 3,
            "state": "open",
            "service_code": "pothole",
            "service_name": "Pothole",
            "title": "Big hole",
            "description": "A deep hole.",
            "work": WORK,
            "requested_datetime": NOON,
            "page_url": f"https://council.example/reports/{REFERENCE}",
            "photo_urls": ("https://council.example/1.jpg", "https://council.example/2.jpg"),
            "contact": Contact(name="Ann Other", email="ann@example.org", phone="01904 960123"),
            **values,
        }
    )


def open311_answer(entries: list[Tree], root: str = "service_requests", status: int = 200) -> Reply:
    """The response of an Open311 server with a list."""
    return Reply(status, {}, write(root, entries, "xml"))


def status_reply(number: int, **headers: str) -> Reply:
    return Reply(number, headers, b"<html>what another system wrote</html>")


@dataclass
class FakeServer(InProcessClient):
    """Another body's server: returns the `answers` for a method and the end of a path in turn, and
    then repeats the last one; `asked` are the requests that it received."""

    answers: dict[str, list[Reply | Exception]] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, list[str]]]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    forms: list[list[tuple[str, str]]] = field(default_factory=list)

    def answered(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if method == "POST":
            self.forms.append(parse_qsl(body.decode(), keep_blank_values=True))
            self.headers.append(headers)
        split = urlsplit(url)
        self.asked.append((method, split.path, parse_qs(split.query)))
        waiting = self.answers[f"{method} {split.path.rpartition('/')[2]}"]
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


class MemoryPost:
    """The sent emails; if there is a `failure`, it is raised instead of sending."""

    def __init__(self) -> None:
        self.emails: list[Email] = []
        self.failure: Exception | None = None

    def send(self, email: Email) -> None:
        if self.failure:
            raise self.failure
        self.emails.append(email)


class MemoryInbox:
    """Mail in a dictionary."""

    def __init__(self) -> None:
        self.mail: dict[str, bytes] = {}

    def read(self, key: str) -> bytes | None:
        return self.mail.get(key)

    def store(self, key: str, mail: bytes) -> None:
        self.mail[key] = mail

    def discard(self, key: str) -> None:
        self.mail.pop(key, None)


class MemoryNotes:
    """The notes of reports; refuses a note for a report that is not `known`, and all after
    `most`."""

    def __init__(self) -> None:
        self.known = {REFERENCE}
        self.most = 100
        self.kept: dict[str, tuple[str, str, str]] = {}
        self.teams: dict[str, bool] = {}

    def __call__(
        self, service_request_id: str, note_id: str, sender: str, text: str, is_from_team: bool, /
    ) -> None:
        if service_request_id not in self.known:
            raise NotFound("There is no such report.")
        if len(self.kept) >= self.most:
            raise Conflict("This report has its notes.")
        self.kept.setdefault(note_id, (service_request_id, sender, text))
        self.teams[note_id] = is_from_team


class MemoryMarks:
    """The marks of polled destinations, in a dictionary."""

    def __init__(self) -> None:
        self._marks: dict[str, Mark] = {}

    def get(self, destination: str) -> Mark | None:
        return self._marks.get(destination)

    def put(self, destination: str, mark: Mark) -> None:
        self._marks[destination] = mark
