"""The answers of Open311 GeoReport v2, resource by resource. Loaded with the first request for
it."""

from collections.abc import Callable, Sequence

from chalicelib.bootstrap import container
from chalicelib.bootstrap.partners import partners_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.catalogue.open311 import (
    PARTNER_REFERENCE,
    longest_answer,
    missing_answers,
    wire_definition,
    wire_services,
)
from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.errors import Invalid, NotFound
from chalicelib.georeport.wire import CONTENT_TYPES, Answer, Tree
from chalicelib.handlers.exchange.open311_query import (
    Query,
    parse_query,
    window_of_requests,
    window_of_updates,
)
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import id_of
from chalicelib.kernel.fields import copy_fields
from chalicelib.partners import usecases as partners
from chalicelib.reports import reference
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.open311 import extended_attributes_of, wire_request, wire_update
from chalicelib.reports.open311_forms import (
    attributes_in,
    check_location,
    parse_report,
    parse_update,
)
from chalicelib.reports.partner import Partner, PartnerReport
from chalicelib.reports.ports import Ports
from chalicelib.reports.published import ReportView
from chalicelib.reports.usecases import access, reading
from chalicelib.reports.usecases.exchange import listing
from chalicelib.reports.usecases.exchange import partners as reports_partners

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGESET = "2026-06-01T00:00:00Z"
"""When these resources were last changed."""


def discovery(_: Call) -> Answer:
    """Where everything is, and the contact for questions."""
    council, site_url = container.council(), container.settings().site_url
    contact_line = f"{council.name}, {council.phone}, {council.opening_hours}"
    endpoint: dict[str, Tree] = {
        "specification": SPECIFICATION,
        "url": f"{site_url}/open311/v2",
        "changeset": CHANGESET,
        "type": "production" if site_url.startswith("https://") else "test",
        "formats": [each.partition(";")[0] for each in CONTENT_TYPES.values()],
    }
    tree: dict[str, Tree] = {
        "changeset": CHANGESET,
        "contact": contact_line,
        "key_service": f"Ask {contact_line} for an API key",
        "endpoints": [endpoint],
    }
    return Answer("discovery", tree)


def services(call: Call) -> Answer:
    """Everything that can be reported. Raises NotFound."""
    parse_query(call).check_jurisdiction()
    return Answer("services", wire_services(container.council()))


def service(call: Call, service_code: str) -> Answer:
    """The questions of a service. Raises NotFound."""
    parse_query(call).check_jurisdiction()
    council = container.council().page_details
    contact_line = f"{council['phone']} ({council['opening_hours']}){council['at_other_times']}"
    definition = wire_definition(_find_service(service_code), contact_line)
    return Answer("service_definition", definition)


def requests(call: Call) -> Answer:
    """Public reports, the newest first. Raises NotFound, Invalid."""
    query, ports = parse_query(call), reports_ports()
    query.check_jurisdiction()
    ids = query.values_of("service_request_id")
    reports = _list_by_ids(ids, ports) if ids else _list_by_window(query, ports)
    return _requests_answer(reading.views_of(reports, ports), query)


def request(call: Call, service_request_id: str) -> Answer:
    """A public report. Raises NotFound."""
    query = parse_query(call)
    query.check_jurisdiction()
    found = reading.public_views([id_of(service_request_id)], reports_ports())
    if not found:
        raise NotFound(f"There is no report {service_request_id}.")
    return _requests_answer(list(found.values()), query)


def submit(call: Call) -> Answer:
    """Stores a report. Raises Forbidden, TooMany, NotFound, Invalid, in this order."""
    sent, ports = parse_query(call), reports_ports()
    partner = _authorise_partner(sent)
    sent.check_jurisdiction()
    definition = _find_service(sent.require("service_code"))
    key = sent.key(
        "report", next(iter(attributes_in(sent.fields).get(PARTNER_REFERENCE, [])), None)
    )
    report = reports_partners.submit_for_partner(
        _parse_report(sent, definition), key, partner, ports
    )
    told: dict[str, Tree] = {"service_request_id": report.service_request_id}
    if definition.type == "batch":
        told = {"token": reports_partners.batch_token_of(report, ports)}
    return Answer("service_requests", [{**told, "service_notice": None, "account_id": None}])


def token(call: Call, text: str) -> Answer:
    """The report that was made from a submission. Raises NotFound."""
    parse_query(call).check_jurisdiction()
    found = reports_partners.find_id_of_token(text, reports_ports())
    return Answer("service_requests", [{"service_request_id": found or "", "token": text}])


def updates(call: Call) -> Answer:
    """The updates of public reports, and of those that this partner sent. Raises Forbidden,
    TooMany, NotFound, Invalid."""
    query, ports = parse_query(call), reports_ports()
    partner = partners.authorise_read(query.one("api_key"), partners_ports())
    query.check_jurisdiction()
    start, end, _ = window_of_updates(query, ports.now())
    sender = access.partner_scope(partner.key_id)
    pairs = query.page_of(listing.list_updates_between(start, end, ports, sender=sender))
    reports = {report.service_request_id: report for report, _ in pairs}
    views = reading.views_of(list(reports.values()), ports)
    shown = {update.update_id: (update, view) for view in views for update in view.updates}
    ids = [update.update_id for _, update in pairs]
    # A report that was withdrawn in between is no longer in any view.
    rows: list[Tree] = [wire_update(*shown[each]) for each in ids if each in shown]
    return Answer("service_request_updates", rows)


def update(call: Call) -> Answer:
    """Stores an update. Raises Forbidden, TooMany, NotFound, Invalid, Conflict."""
    sent = parse_query(call)
    partner = _authorise_partner(sent)
    sent.check_jurisdiction()
    about = id_of(sent.require("service_request_id"))
    sent.moment("updated_datetime")
    update_id = reports_partners.update_for_partner(
        about,
        parse_update(sent.fields, sent.files),
        sent.key(f"update/{about}", sent.one("update_id")),
        partner,
        reports_ports(),
    )
    return Answer("service_request_updates", [{"update_id": update_id}])


def _authorise_partner(sent: Query) -> Partner:
    key = partners.authorise_write(sent.one("api_key"), sent.one("service_code"), partners_ports())
    return copy_fields(Partner, key)


def _find_service(service_code: str) -> ServiceDefinition:
    found = container.council().by_code.get(service_code)
    if found is None:
        raise NotFound(f"There is no service_code {service_code}.")
    return found


def _parse_report(sent: Query, definition: ServiceDefinition) -> PartnerReport:
    if definition.needs != "none":
        check_location(sent.fields)
    if missing := missing_answers(definition, attributes_in(sent.fields)):
        raise Invalid("; ".join(message for _, message in missing), missing)
    return parse_report(
        sent.fields,
        sent.files,
        service_name=definition.service_name,
        asked={each.code: longest_answer(each) for each in definition.attributes},
        needs=definition.needs,
    )


def _list_by_ids(ids: Sequence[str], ports: Ports) -> Sequence[ServiceRequest]:
    known = [found for each in ids if (found := reference.parse_reference(each))]
    return listing.list_requests(known, listing.ListFilter(), ports, page_size=listing.MOST_ROWS)


def _list_by_window(query: Query, ports: Ports) -> Sequence[ServiceRequest]:
    window, statuses = window_of_requests(query, ports.now()), query.statuses()
    page, page_size = query.page(), query.page_size(default=listing.MOST_ROWS)
    codes = query.values_of("service_code")
    if codes and not container.council().by_code.keys() & set(codes):
        return ()
    kinds = listing.ListFilter(statuses, codes or None)
    return listing.list_requests(window, kinds, ports, page=page, page_size=page_size)


def _requests_answer(views: Sequence[ReportView], query: Query) -> Answer:
    agency, is_extended = container.council().name, query.one("extensions") == "true"
    rows: list[Tree] = [
        wire_request(view, agency=agency) | (extended_attributes_of(view) if is_extended else {})
        for view in views
    ]
    return Answer("service_requests", rows)


VIEWS: dict[tuple[str, ...], Callable[..., Answer]] = {
    ("GET", "discovery"): discovery,
    ("GET", "v2", "services"): services,
    ("GET", "v2", "services", "*"): service,
    ("GET", "v2", "requests"): requests,
    ("GET", "v2", "requests", "*"): request,
    ("POST", "v2", "requests"): submit,
    ("GET", "v2", "tokens", "*"): token,
    ("GET", "v2", "servicerequestupdates"): updates,
    ("POST", "v2", "servicerequestupdates"): update,
}
