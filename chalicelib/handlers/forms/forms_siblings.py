"""Access of the forms to the other slices, for one caller."""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime, timedelta
from typing import Any

from chalicelib.bootstrap.collections import collections_ports, stored_premises
from chalicelib.bootstrap.forms import wording
from chalicelib.bootstrap.gazetteer import gazetteer_ports
from chalicelib.bootstrap.reports import photos_ports, reports_ports
from chalicelib.collections import usecases as collections
from chalicelib.errors import FieldError, Invalid
from chalicelib.forms.ports import MOST_NEIGHBOURS, Home, Neighbour, PastCollection
from chalicelib.forms.views import Wording
from chalicelib.gazetteer import usecases as gazetteer
from chalicelib.geo.place import Place
from chalicelib.geo.point import Point
from chalicelib.handlers.http import request_language
from chalicelib.handlers.http.params import NEAR_M
from chalicelib.kernel.parsing import parse
from chalicelib.kernel.posted_form import Upload
from chalicelib.photos.usecases import uploads
from chalicelib.reports.drafts import Draft
from chalicelib.reports.states import LABELS
from chalicelib.reports.usecases import location, reading
from chalicelib.reports.usecases.access import Admit, Author
from chalicelib.reports.views import public_page


class Siblings:
    """The Siblings port. `admit` counts a look at the addresses of a postcode."""

    def __init__(self, author: Author, admit: Admit | None = None) -> None:
        self._author, self._admit = author, admit

    def find_places(self, q: str) -> Sequence[Place]:
        return gazetteer.find_places(q, gazetteer_ports())

    def outside_text(self, point: Point) -> str | None:
        ports = reports_ports()
        is_outside = location.is_outside(point, ports.now(), ports)
        return location.outside_text(point, ports) if is_outside else None

    def find_premises(self, postcode: str) -> Sequence[tuple[str, str]]:
        if self._admit:
            self._admit()
        found = collections.premises_at_postcode(postcode, collections_ports())
        return [(each.premises_id, each.address) for each in found]

    def find_home(self, premises_id: str) -> Home | None:
        if self._admit:
            self._admit()
        found = stored_premises().get(premises_id)
        return Home(premises_id, found.postcode, found.address) if found else None

    def past_collections(self, premises_id: str) -> Sequence[PastCollection]:
        if self._admit:
            self._admit()
        language, names = request_language.current_language(), _container_names()
        found = collections.collections_of(premises_id, collections_ports()).missed
        return [
            PastCollection(
                container=each.container,
                date=each.date,
                title=f"{names[each.container]}, {language.day(each.date)}",
                until=_last_day(each.until) if each.until else None,
                why_not=language.say(each.why_not) if each.why_not else None,
                may_dispute=each.may_dispute,
            )
            for each in found
        ]

    def find_neighbours(self, service_code: str, point: Point) -> Sequence[Neighbour]:
        language = request_language.current_language()
        shown_as, services = wording(language), request_language.council().by_code
        found = reading.list_nearby(
            point,
            service_code,
            radius_m=NEAR_M,
            limit=MOST_NEIGHBOURS,
            ports=reports_ports(),
        )
        overdue = _overdue_ids([near.report.service_request_id for near in found], shown_as)
        return [
            Neighbour(
                service_request_id=report.service_request_id,
                title=report.title or services[service_code].service_name,
                state=report.state,
                state_label=language.say(LABELS[report.state]),
                is_overdue=report.service_request_id in overdue,
                since=shown_as.date(report.requested_datetime),
                distance_m=round(distance_m),
                url=public_page("", report.service_request_id),
            )
            for report, distance_m in found
        ]

    def find_faults(self, body: Mapping[str, Any]) -> Sequence[FieldError]:
        found = list(_faults_of(dict(body)))
        service_code = body.get("service_code", "")
        council = request_language.council()
        if service_code in council.by_code:
            now = reports_ports().now()
            asked = council.check_answers(service_code, body.get("attributes", {}), now)
            found += asked[1]
        return found

    def take_photo(self, key: str, photo_ids: Sequence[str], upload: Upload) -> str:
        return uploads.store_upload(upload.body, key, self._author.scope, photo_ids, photos_ports())


def _overdue_ids(request_ids: Sequence[str], shown_as: Wording) -> Set[str]:
    """The reports whose target date is over. The index of places does not have the target dates."""
    stored = reports_ports().repository.get_many(request_ids)
    return {
        request_id
        for request_id, report in stored.items()
        if shown_as.is_overdue(report.expected_datetime)
    }


def _container_names() -> Mapping[str, str]:
    return {each.container: each.name for each in request_language.council().containers}


def _last_day(until: datetime) -> str:
    """The last whole day before that moment."""
    local = until.astimezone(request_language.council().zone) - timedelta(seconds=1)
    return request_language.current_language().day(local.date())


def _faults_of(body: dict[str, Any]) -> Sequence[FieldError]:
    try:
        parse(body, Draft)
    except Invalid as error:
        return error.errors
    return ()
