"""The answers of the forms: the views of `forms`, each with the path's parameters."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

from chalicelib.alerts.model import MOST_CODE_TRIES, Channel, Subscription
from chalicelib.bootstrap import container
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.bootstrap.forms import wording
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import (
    AppError,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    TooMany,
    UpstreamFailed,
)
from chalicelib.forms import flow, messages, posted
from chalicelib.forms.answers import CONTACT, Answers
from chalicelib.forms.ports import Ports
from chalicelib.forms.validation import key_of
from chalicelib.forms.views import REASONS, WHO_SEES, of_screen
from chalicelib.handlers.forms.forms_siblings import Siblings
from chalicelib.handlers.http import rate_limits, request_language, subscribers
from chalicelib.handlers.http.audit import audit_view
from chalicelib.handlers.http.pages import render, rendered
from chalicelib.handlers.http.params import id_of, new_key
from chalicelib.handlers.http.routes import Call, Page
from chalicelib.handlers.http.subscribers import FollowRequest
from chalicelib.kernel.observability import trace
from chalicelib.kernel.parsing import parse
from chalicelib.kernel.posted_form import Posted
from chalicelib.reports.model import Draft, FlagDraft, ServiceRequest, UpdateDraft
from chalicelib.reports.reference import grouped
from chalicelib.reports.usecases import reading, submission, updating
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.staff import moderation
from chalicelib.reports.views import public_page, tracking_url
from chalicelib.texts import Text

NOT_SENT = Text(
    "We have not sent what you entered. Go back in your browser to change it: your answers are "
    "still there."
)
NOT_SURE = Text(
    "We are not sure whether we received what you entered. Go back in your browser and select "
    "the button again: we will not store it twice."
)

_ADDRESS = {
    False: Text("Enter an email address, like name@example.org"),
    True: Text(
        "Enter an email address, like name@example.org, or a mobile number, like 07700 900123"
    ),
}
"""What to enter, by whether we send text messages."""
_WHOLE_ADDRESS = {
    False: Text("Enter an email address, like name@example.org, in full and without mistakes"),
    True: Text(
        "Enter an email address, like name@example.org, or a mobile number, like 07700 900123, in "
        "full and without mistakes"
    ),
}


def problem_page(error: AppError | None) -> str:
    """The page that describes an error, and what happened to the typed text."""
    heading, typed = Text("Sorry, something went wrong"), NOT_SURE
    match error:
        case NotFound():
            heading = Text("We can't find this page")
            typed = Text("Check the address or the reference.")
        case Conflict():
            heading, typed = Text("You cannot do this"), Text("Nothing was changed.")
        case Invalid() | Forbidden():
            heading, typed = Text("Check what you entered"), NOT_SENT
        case TooMany(proof_bits=bits) if bits:
            heading, typed = Text("Your network has reached its limit"), NOT_SENT
        case TooMany():
            heading, typed = Text("You have done this too many times"), NOT_SENT
    say = request_language.current().say
    link = error.link if isinstance(error, Conflict) else None
    quoted = trace.current() if error is None or isinstance(error, UpstreamFailed) else None
    return rendered(
        "forms",
        "problem",
        other_languages=(),
        heading=say(heading),
        detail=_detail(error),
        typed=say(typed),
        link=link,
        quoted=quoted,
    )


def _detail(error: AppError | None) -> str:
    """The cause of the error, without the names of fields and headers."""
    say = request_language.current().say
    if isinstance(error, Conflict) and error.link:
        return say("You have already sent something from this page. It is stored as you sent it.")
    if isinstance(error, Invalid) and error.errors:
        said = "; ".join(say(fault.message) for fault in error.errors)
        return said[:1].upper() + said[1:] + "."
    return say(error.detail) if error else say("The problem is on our side.")


def begin(_: Call) -> Page:
    """The first page of a report."""
    return _screen(flow.first(new_key()))


def go_on(call: Call) -> Page:
    """The page after the one that was filled in. Raises Invalid, UpstreamFailed."""
    ports = Ports(council=request_language.council(), siblings=Siblings(call.caller.author()))
    outcome = flow.advance(_posted(call), ports)
    if isinstance(outcome, flow.Screen):
        return _screen(outcome)
    return _send(outcome.answers, call, ports)


def read(call: Call, service_request_id: str) -> Page:
    """A report, for the reader who has the link to it. Raises NotFound."""
    report = _report(call, service_request_id, call.parameter("token"))
    html = _render("report", **report, key=new_key())
    return Page(html, pictures_from=_origins_of_photos(report["report"]))


def ask_update(call: Call, service_request_id: str) -> Page:
    """The form to add to a report. Raises NotFound."""
    report = _report(call, service_request_id, call.parameter("token"))
    return Page(_render("update", **report, key=new_key(), text="", state=""))


def add_update(call: Call, service_request_id: str) -> Page:
    """Adds to a report. Raises NotFound, Invalid, Conflict."""
    form, request_id = _posted(call), id_of(service_request_id)
    key, token = _key(form), form.one("token") or None
    typed = {name: form.one(name) for name in ("text", "state")}
    files = [each.body for each in form.files if each.name == "photos"]
    try:
        draft = parse({name: value for name, value in typed.items() if value}, UpdateDraft)
        author, admit = call.caller.author(token), rate_limits.admit_update(request_id, draft, call)
        updating.add_update_with_files(
            request_id, draft, key, author, reports_ports(), files=files, admit=admit
        )
    except Invalid as error:
        report = _report(call, service_request_id, token)
        return _refused("update", error, {**typed, "photos": ""}, **report, key=key)
    return _done(
        Text("Thank you for your update"),
        Text("The team that deals with this report will read it."),
        service_request_id=request_id,
        url=f"/forms/reports/{request_id}{_query(token)}",
    )


def follow(call: Call, service_request_id: str) -> Page:
    """Follows a report, and subscribes the follower to its news; asks for an address first if there
    is none. Raises NotFound, Invalid."""
    form, request_id = _posted(call), id_of(service_request_id)
    key, to = _key(form), form.one("to").strip()
    is_asked = bool(form.one("asked"))
    if not to and (is_asked or call.caller.account is None):
        return _ask_address(
            call, request_id, key, to, [_ADDRESS[_sends_texts()]] if is_asked else []
        )
    channel: Channel = "sms" if to and "@" not in to and _sends_texts() else "email"
    try:
        wanted = parse({"channel": channel, "to": to} if to else {}, FollowRequest)
        report, alerts = subscribers.follow(request_id, key, wanted, call)
    except Invalid as error:
        if all(fault.field == "to" for fault in error.errors):
            return _ask_address(call, request_id, key, to, [_WHOLE_ADDRESS[_sends_texts()]])
        raise
    if alerts and alerts.state == "unconfirmed" and channel == "sms":
        return Page(render("code", subscription_id=alerts.subscription_id, tries=MOST_CODE_TRIES))
    count = request_language.current().say_many(
        report.followers,
        "1 person follows it. You do not need to send another report.",
        "{count} people follow it. You do not need to send another report.",
    )
    return _done(
        Text("You are following this report"),
        Text("{next_step} {count}", next_step=_next_step(alerts), count=count),
        service_request_id=report.service_request_id,
        # The public page is published, and may be a minute older than this page.
        url=f"/forms/reports/{report.service_request_id}",
    )


def _sends_texts() -> bool:
    return "sms" in alerts_ports().channels


def _ask_address(call: Call, request_id: str, key: str, to: str, faults: Sequence[str]) -> Page:
    """The form that asks a follower for an address. Raises NotFound."""
    html = _render(
        "follow",
        **_report(call, request_id, None),
        key=key,
        to=to,
        sends_texts=_sends_texts(),
        faults=[("to", fault) for fault in faults],
    )
    return Page(html, is_refusal=bool(faults))


def _next_step(alerts: Subscription | None) -> str:
    """What the follower has to do to hear of the report."""
    if alerts is None:
        return Text("We've counted you as one more person who is affected.")
    if alerts.state == "unconfirmed":
        return Text(
            "We've sent an email to {address}. Select the link in it to get updates.",
            address=alerts.to,
        )
    return Text("We'll send you updates.")


def ask_flag(call: Call, service_request_id: str) -> Page:
    """The form to report content. Raises NotFound."""
    report = _report(call, service_request_id, None)
    return Page(_render("flag", **report, reasons=REASONS, key=new_key(), text="", reason=""))


def flag(call: Call, service_request_id: str) -> Page:
    """Flags a report. Raises NotFound, Invalid."""
    form = _posted(call)
    key = _key(form)
    typed = {name: form.one(name) for name in ("reason", "text")}
    try:
        draft = parse({name: value for name, value in typed.items() if value}, FlagDraft)
        author, ports = call.caller.author(), reports_ports()
        admit = rate_limits.counting("flag", call)
        request_id, client = id_of(service_request_id), rate_limits.client_of(call)
        moderation.flag(request_id, draft, key, author, ports, client=client, admit=admit)
    except Invalid as error:
        report = _report(call, service_request_id, None)
        return _refused("flag", error, typed, **report, reasons=REASONS, key=key)
    return _done(
        Text("Thank you"),
        Text("We'll look at it."),
        service_request_id=id_of(service_request_id),
        url=public_page("", id_of(service_request_id)),
    )


def withdraw(call: Call, service_request_id: str) -> Page:
    """Withdraws a report. Raises NotFound, Invalid, Conflict."""
    key = _key(_posted(call))
    ports = reports_ports()
    report = moderation.withdraw(id_of(service_request_id), key, call.caller.author(), ports)
    return _done(
        Text("You have withdrawn your report"),
        Text("We have deleted what you wrote, and we are not dealing with the report any more."),
        service_request_id=report.service_request_id,
        url=None,
    )


def _send(answers: Answers, call: Call, ports: Ports) -> Page:
    author = call.caller.author()
    service = ports.council.by_code.get(answers.one("service_code"))
    key = key_of(answers)
    try:
        draft = parse(answers.draft(service), Draft)
        admit, may_write = (
            rate_limits.admit_report(draft, key, call),
            rate_limits.may_write_to_contact(draft, call),
        )
        report = submission.submit(
            draft,
            key,
            author,
            reports_ports(),
            admit=admit,
            may_write=may_write,
            language=request_language.current().code,
        )
    except Invalid as error:
        return _screen(flow.refused(answers, error.errors, ports))
    except Conflict as error:
        raise Conflict(error.detail, link=_link_of_sent(key, author)) from error
    return Page(_render("sent", **_sent(report, key)))


def _link_of_sent(key: str, author: Author) -> str | None:
    """The link of the report that was sent under this key: the holder of the key is its sender."""
    ports = reports_ports()
    report = ports.repository.get(ports.ids.service_request_id(author.scope, key))
    return _path(tracking_url(report, ports)) if report else None


def _path(url: str) -> str:
    """The address of a page of this site without the site."""
    return url.removeprefix(container.settings().site_url)


def _sent(report: ServiceRequest, key: str) -> dict[str, Any]:
    language = request_language.current()
    ports = reports_ports()
    expected = report.expected_datetime
    left = moderation.WITHDRAW_WITHIN - (ports.now() - report.requested_datetime)
    return {
        "service_request_id": report.service_request_id,
        "reference": grouped(report.service_request_id),
        "promise": wording(language).date(expected) if expected else None,
        "who_sees": language.say(WHO_SEES.get(report.visibility, "")),
        "is_public": report.visibility == "public",
        "tracking_url": _path(tracking_url(report, ports)),
        "can_withdraw": report.visibility != "withdrawn" and left.total_seconds() > 0,
        "withdraw_minutes": int(moderation.WITHDRAW_WITHIN.total_seconds() // 60),
        "key": key,
    }


def _report(call: Call, text: str, token: str | None) -> dict[str, Any]:
    """The data that the pages of a report need. Raises NotFound."""
    author = call.caller.author(token)
    view = reading.view(id_of(text), author, reports_ports())
    audit_view(view, call.caller)
    shown = wording(request_language.current()).report(view)
    return {"report": shown, "token": token or "", "query": _query(token)}


def _origins_of_photos(report: Mapping[str, Any]) -> tuple[str, ...]:
    """The origins of the photos of a report that is not public: the store of photos."""
    updates = report["updates"]
    photos = [*report["photos"], *(photo for update in updates for photo in update["photos"])]
    places = {urlsplit(photo.thumbnail_url) for photo in photos}
    return tuple(sorted({f"{each.scheme}://{each.netloc}" for each in places if each.netloc}))


def _screen(screen: flow.Screen) -> Page:
    council = request_language.council()
    line = council.line_at(reports_ports().now())
    html = _render(screen.name, **of_screen(screen, council.by_code), line=line)
    personal = any(screen.answers.one(name) for name in CONTACT)
    return Page(html, is_refusal=bool(screen.faults), may_be_kept=not personal)


def _refused(name: str, error: Invalid, typed: Mapping[str, str], **context: Any) -> Page:
    """The page again, with the typed values and their faults. Raises `error` if it concerns none of
    the page's fields."""
    faults = [
        messages.said(fault, given=bool(typed[fault.field]))
        for fault in error.errors
        if fault.field in typed
    ]
    if not faults:
        raise error
    return Page(_render(name, **context, **typed, faults=faults), is_refusal=True)


def _done(heading: str, text: str, *, service_request_id: str, url: str | None) -> Page:
    reference = grouped(service_request_id)
    say = request_language.current().say
    return Page(_render("done", heading=say(heading), text=say(text), reference=reference, url=url))


def _render(name: str, **context: Any) -> str:
    return rendered("forms", name, **context)


def _posted(call: Call) -> Posted:
    return posted.parse(call.body, str(call.request.headers.get("content-type", "")))


def _key(form: Posted) -> str:
    return key_of(Answers.of(form))


def _query(token: str | None) -> str:
    return "?" + urlencode({"token": token}) if token else ""
