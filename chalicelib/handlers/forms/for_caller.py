"""The forms that an officer fills in for a caller: their sender, and the page for a new ticket."""

from collections.abc import Mapping
from typing import NamedTuple

from chalicelib.forms.answers import FOR_CALLER
from chalicelib.handlers.forms.form_pages import render_form
from chalicelib.handlers.http import caller_tickets
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.page_answers import Page
from chalicelib.kernel.posted_form import PostedForm
from chalicelib.reports.parts import Channel
from chalicelib.texts import Text

NEW = "new_ticket"
CHANNELS: Mapping[Channel, str] = {
    "phone": Text("You are doing this for a caller on the phone."),
    "counter": Text("You are doing this for a visitor at the counter."),
    "letter": Text("You are doing this for somebody who wrote a letter."),
    "social": Text("You are doing this for somebody on social media."),
}


class Sender(NamedTuple):
    """The sender of a form. The caller of `call` is the officer if the form is sent for somebody
    else."""

    call: Call
    channel: Channel = "online"

    @property
    def is_officer(self) -> bool:
        """True if the form is sent for somebody else."""
        return self.channel != "online"


def with_new_ticket(form: PostedForm) -> PostedForm:
    """The form with the new ticket, if one was typed."""
    ticket = form.one(NEW)
    if not ticket:
        return form
    others = {name: values for name, values in form.fields.items() if name != NEW}
    return PostedForm({**others, FOR_CALLER: (ticket,)}, form.files)


def sender_of(form: PostedForm, call: Call) -> Sender | None:
    """The sender of a form; None if the form's ticket is not valid. Raises UpstreamFailed."""
    text = form.one(FOR_CALLER)
    if not text:
        return Sender(call)
    ticket = caller_tickets.read_ticket(text)
    return Sender(call._replace(caller=ticket.officer), ticket.channel) if ticket else None


def ticket_page(form: PostedForm, action: str) -> Page:
    """The page that asks for a new ticket, with all posted fields as hidden inputs."""
    carried = [(name, value) for name, values in form.fields.items() for value in values]
    html = render_form("ticket", field=NEW, hidden=carried, action=action, other_languages=())
    return Page(html, is_refusal=True)
