"""Your bins without JavaScript: a postcode, an address, and the day of each bin."""

from collections.abc import Mapping
from typing import Any

from chalicelib.bootstrap.collections import calendar_ports, collections_ports
from chalicelib.bootstrap.reports import garden_purchases
from chalicelib.collections import calendars, usecases
from chalicelib.collections.ports import Ports
from chalicelib.errors import FieldError, Invalid
from chalicelib.handlers.forms.bin_days import BinWords, PremisesRounds
from chalicelib.handlers.http import rate_limits, request_language
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.page_answers import Page
from chalicelib.handlers.http.pages import posted_form, render_page
from chalicelib.kernel.money import format_pounds
from chalicelib.texts import Text


def bins(call: Call) -> Page:
    """The form, the addresses of the postcode, or the bins of one of them. Raises TooMany,
    UpstreamFailed."""
    postcode = call.parameter("postcode")
    if postcode is None:
        return _page("")
    rate_limits.check_resident("premises", call)
    try:
        return _page(postcode, _find_bins(postcode, call.parameter("premises_id")))
    except Invalid as error:
        return _page(postcode, faults=error.errors)


def calendar(call: Call) -> Page:
    """The address of the calendar of a posted address. Raises NotFound, TooMany, UpstreamFailed."""
    rate_limits.check_resident("premises", call)
    premises_id = posted_form(call).one("premises_id")
    url = calendars.publish_calendar(
        premises_id, request_language.current_language(), calendar_ports()
    )
    return Page(
        render_page("forms", "bins-calendar", (), url=url, webcal_url=calendars.webcal_address(url))
    )


def _find_bins(postcode: str, premises_id: str | None) -> dict[str, Any]:
    """Raises Invalid, UpstreamFailed."""
    ports = collections_ports()
    addresses = usecases.premises_at_postcode(postcode, ports)
    if not addresses:
        raise Invalid.field(
            "postcode", Text("We collect no bins at this postcode. Check that it is right")
        )
    chosen = next((each for each in addresses if each.premises_id == premises_id), None)
    if chosen is None:
        return {"addresses": addresses}
    reminders = f"/forms/alerts?premises_id={chosen.premises_id}"
    shown = {
        "address": chosen.address,
        "premises_id": chosen.premises_id,
        "reminders": reminders,
        "garden": _garden_link(chosen.premises_id, ports),
    }
    return shown | _bins_context(chosen.premises_id, ports)


def _bins_context(premises_id: str, ports: Ports) -> dict[str, Any]:
    """The bins of a premises; none if nothing is published or collected. Raises
    UpstreamFailed."""
    published, premises = ports.rounds(), ports.premises.get(premises_id)
    if published is None or premises is None:
        return {"is_published": False, "bins": (), "missed": ()}
    rounds = premises.rounds_at(published.items)
    names = {each.container: each.name for each in request_language.council().containers}
    known = PremisesRounds(
        rounds=rounds,
        statuses=usecases.statuses_of(rounds, ports),
        known_until=published.known_until_of(rounds),
        today=ports.today,
        now=ports.now(),
    )
    words = BinWords(known, names, premises.street, request_language.current_language())
    return {
        "is_published": True,
        "bins": words.bins(),
        "known_days": words.known_days(),
        "days": words.collection_days(),
        "missed": [*words.missed_streets()],
    }


def _garden_link(premises_id: str, ports: Ports) -> dict[str, str] | None:
    """The form of a garden waste subscription and what its first bin costs; None where the premises
    can have none. Raises UpstreamFailed."""
    garden = ports.council.garden
    pence = garden_purchases().joining_pence(premises_id, ports.council, ports.today)
    if garden is None or pence is None:
        return None
    form = f"/forms/services/{garden.service}?premises_id={premises_id}"
    return {"form": form, "price": format_pounds(pence)}


def _missed_form() -> str | None:
    service = request_language.council().missed_collections
    return f"/forms/services/{service.service_code}" if service else None


def _page(
    postcode: str,
    answer: Mapping[str, Any] | None = None,
    faults: tuple[FieldError, ...] = (),
) -> Page:
    html = render_page(
        "forms",
        "bins",
        faults,
        postcode=postcode,
        example=request_language.council().example_postcode or "ZZ1 1AA",
        missed_form=_missed_form(),
        **({"addresses": (), "address": ""} | dict(answer or {})),
    )
    return Page(html, is_refusal=bool(faults))
