"""Messages as emails and as text messages.

Sources: RFC 2369 and RFC 8058 (how a mail program unsubscribes with one click: it sends a POST, so
that a scanner's GET does not unsubscribe); "Origin-bound one-time codes delivered via SMS" (WICG,
2022).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from chalicelib.alerts.links import shortened
from chalicelib.alerts.messages import Message
from chalicelib.alerts.segments import plain, segments
from chalicelib.catalogue.theme import EmailLook
from chalicelib.kernel.email import Email, EmailSender
from chalicelib.kernel.templating import environment
from chalicelib.kernel.text_message import Texts

TEMPLATES = Path(__file__).parent / "templates"
_PAGES = environment(TEMPLATES)
_HTML = _PAGES.get_template("alert.html")
_TEXT = _PAGES.overlay(autoescape=False).get_template("alert.txt")
ONE_CLICK = "List-Unsubscribe=One-Click"


@dataclass(frozen=True)
class MailSender:
    """Sends messages by email."""

    email_sender: Callable[[], EmailSender]
    look: EmailLook

    def send(self, message: Message, to: str) -> str | None:
        return self.email_sender().send(email_of(message, to, self.look))


@dataclass(frozen=True)
class TextSender:
    """Sends messages by text message."""

    texts: Callable[[], Texts]
    council: str
    site_url: str

    def send(self, message: Message, to: str) -> str | None:
        return self.texts().send(to, text(message, self.council, self.site_url))


def email_of(message: Message, to: str, look: EmailLook) -> Email:
    """The message as an email."""
    said = {"message": message, "look": look}
    return Email(
        to=to,
        subject=message.subject,
        text=_TEXT.render(said),
        html=_HTML.render(said),
        thread=message.thread,
        reply_to=message.reply_to,
        headers=_headers(message),
        tag=message.name,
    )


def text(message: Message, council: str, site_url: str) -> str:
    """The message as a text message: the fullest words that fit one segment. If none do, the
    fullest words in two segments, if they are short enough."""
    if message.code:
        return plain(f"{message.short}\n\n@{urlsplit(site_url).hostname} #{message.code}")
    stop = f"\nStop: {shortened(message.unsubscribe_url)}" if message.unsubscribe_url else ""
    wordings = (f"{council}: {message.short}", message.short, *message.shorter)
    texts = [plain(f"{words} {message.url}{stop}") for words in wordings]
    return next((each for each in texts if segments(each) == 1), texts[0])


def segments_of(message: Message, *, council: str, site_url: str) -> int:
    """The number of segments of the message as a text message."""
    return segments(text(message, council, site_url))


def _headers(message: Message) -> tuple[tuple[str, str], ...]:
    if message.unsubscribe_url is None:
        return ()
    return (
        ("List-Unsubscribe", f"<{message.unsubscribe_url}>"),
        ("List-Unsubscribe-Post", ONE_CLICK),
    )
