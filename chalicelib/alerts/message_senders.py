"""Sends messages as emails and as text messages.

Sources: RFC 2369 and RFC 8058 (unsubscribing with one click: the mail program sends a POST, so that
a scanner's GET does not unsubscribe); "Origin-bound one-time codes delivered via SMS" (WICG,
2022).
"""

from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from jinja2 import Template
from msgspec import Struct

from chalicelib.alerts.links import shorten_page_url, shorten_stop_url
from chalicelib.alerts.messages import Message
from chalicelib.catalogue.theme import EmailLook
from chalicelib.kernel.email import Email, SendEmail
from chalicelib.kernel.languages import Language
from chalicelib.kernel.segments import count_segments, replace_costly_characters
from chalicelib.kernel.templating import environment
from chalicelib.kernel.text_message import SendText

TEMPLATES = Path(__file__).parent / "templates"
ONE_CLICK = "List-Unsubscribe=One-Click"


class MailSender(Struct, frozen=True):
    """Sends messages by email."""

    send_email: SendEmail
    look: EmailLook

    def send(self, message: Message, to: str) -> str | None:
        return self.send_email(email_of(message, to, self.look))


class TextSender(Struct, frozen=True):
    """Sends messages by text message."""

    send_text: SendText
    site_url: str

    def send(self, message: Message, to: str) -> str | None:
        return self.send_text(to, text_of_message(message, self.site_url))


def email_of(message: Message, to: str, look: EmailLook) -> Email:
    """The message as an email."""
    values = {"message": message, "look": look._replace(council=message.council)}
    html, plain_text = _templates(message.language)
    return Email(
        to=to,
        sender=message.council,
        subject=message.subject,
        text=plain_text.render(values | {"below": _footer(message)}),
        html=html.render(values),
        thread=message.thread,
        reply_to=message.reply_to,
        headers=_headers(message),
        tag=message.name,
    )


def text_of_message(message: Message, site_url: str) -> str:
    """The message as a text message: the longest wording with the fewest segments."""
    if message.code:
        return replace_costly_characters(
            f"{message.short}\n\n@{urlsplit(site_url).hostname} #{message.code}"
        )
    end = shorten_page_url(message.url)
    if message.unsubscribe_url:
        link = shorten_stop_url(message.unsubscribe_url)
        end = f"{end}\n{message.language.say('Stop: {link}', link=link)}"
    wordings = (f"{message.short} – {message.council}", message.short, *message.shorter)
    texts = [replace_costly_characters(f"{words} {end}") for words in wordings]
    return min(texts, key=count_segments)


def segments_of(message: Message, *, site_url: str) -> int:
    """The number of segments of the message as a text message."""
    return count_segments(text_of_message(message, site_url))


class _Templates(NamedTuple):
    html: Template
    text: Template


@cache
def _templates(language: Language) -> _Templates:
    pages = environment(TEMPLATES, language)
    return _Templates(pages.get_template("alert.html"), pages.get_template("alert.txt"))


def _footer(message: Message) -> tuple[str, ...]:
    """The lines at the end of the text part of an email: the reason why it came, and the links to
    change and stop the alerts."""
    if message.manage_url is None:
        return ()
    say = message.language.say
    return (
        message.because,
        say("Change your alerts: {link}", link=message.manage_url),
        say("Stop them: {link}", link=message.unsubscribe_url),
    )


def _headers(message: Message) -> tuple[tuple[str, str], ...]:
    if message.unsubscribe_url is None:
        return ()
    return (
        ("List-Unsubscribe", f"<{message.unsubscribe_url}>"),
        ("List-Unsubscribe-Post", ONE_CLICK),
    )
