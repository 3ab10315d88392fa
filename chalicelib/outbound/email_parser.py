"""Read a team's reply from received mail.

Anybody can send mail that is made to break its parser. The recipient is read from the first lines
without the standard library, whose time grows with the square of a header's length; only mail to a
report's own address is parsed further, with the library's older policy, which parses a header only
when it is used. Deep nesting, and parts much longer than in real mail, are refused first.
Sources: RFC 5322 (mail), RFC 2045 (MIME), RFC 8601 (Authentication-Results), and the verdicts that
Amazon SES writes into mail it receives
(docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html, read 2026-11).
"""

import codecs
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from html import unescape
from itertools import islice
from typing import NamedTuple

from chalicelib.kernel.card_numbers import mask_card_numbers
from chalicelib.outbound.mailbox import ABOVE

MOST_BYTES = 10_000_000
MOST_HEAD_BYTES = 65_536
MOST_LINES = 200_000
MOST_BOUNDARIES = 20
"""The library compares each line with the boundary of each multipart around it."""
MOST_PARTS = 200
LONGEST_HEADER = 10_000
LONGEST_BODY_BYTES = 500_000
"""The limit for the text of a part: the reply is at its beginning."""
ADDRESSEES = ("to", "cc", "delivered-to", "x-original-to")
VERDICTS = ("x-ses-spam-verdict", "x-ses-virus-verdict")
TELLING = ("from", "to", "cc", "date", "subject", "message-id")
MOST_KEPT_HEADERS, LONGEST_KEPT_HEADER = 20, 1_000
RESULTS, AUTHORITY = "authentication-results", "amazonses.com"
"""The header with the results of SES (RFC 8601), and the name of SES in it."""
SLOW = ("idna", "punycode")
"""Character sets whose decoding takes time that grows with the square of the text."""
_NAMED = re.compile(r"\+([0-9a-z]{12})-([0-9a-f]{32})@", re.ASCII | re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>()\",;:@]{1,100}@[^\s<>()\",;:@]{1,200}")
_QUOTED = re.compile(r'["\\]')
_DMARC = re.compile(r"(?:^|;)\s*dmarc=(\w+)(?:\s+header\.from=([^\s;]+))?")
_DKIM = re.compile(r"(?:^|;)\s*dkim=pass\s+header\.[id]=(?:[^\s;@]*@)?([^\s;@]+)")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_FOLD = re.compile(r"\r?\n[ \t]")
_BOUNDARY = re.compile(rb"boundary\s*[*=]", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_TAG = re.compile(r"/?[a-z0-9]+", re.ASCII | re.IGNORECASE)
_HIDDEN = ("head", "script", "style")
_BLOCKS = ("br", "p", "div", "tr", "li", "h1", "h2", "h3", "blockquote")


class MailRefused(Exception):
    """The mail is not a reply that can be added to a case; `code` is one of our error codes."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ReplyAddress(NamedTuple):
    """The report that a mail names, and the token that authorises a reply."""

    service_request_id: str
    token: str


class Reply(NamedTuple):
    """A reply: its sender address and its text. `is_authentic` is True if SES verified that the
    mail comes from the domain of that address."""

    sender: str
    text: str
    is_authentic: bool = False


def parse_recipient(raw: bytes) -> ReplyAddress:
    """The report named by the addresses of the mail's recipients. Raises MailRefused."""
    if len(raw) > MOST_BYTES:
        raise MailRefused("too_large")
    headers = _headers(raw)
    if any(verdict == "FAIL" for verdict in _values(headers, *VERDICTS)):
        raise MailRefused("spam_or_virus")
    for addresses in _values(headers, *ADDRESSEES):
        if match := _NAMED.search(addresses):
            return ReplyAddress(match[1].upper(), match[2].lower())
    raise MailRefused("no_token")


def parse_reply(raw: bytes) -> Reply:
    """Read the reply from a mail. Raises MailRefused."""
    _refuse_slow_mail(raw)
    try:
        parts = _parts(message_from_bytes(raw))
        headers = _headers(raw)
        sender = _sender(headers)
        text = mask_card_numbers(_reply_text(parts)) or "(no text)"
        return Reply(sender, text, _is_authentic(headers, sender))
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError) as error:
        # The library raises all of these on malformed mail.
        raise MailRefused("unreadable") from error


def masked_head(raw: bytes) -> bytes:
    """The mail's headers that say who wrote it, when and about what, without card numbers; decoded,
    because an encoded word could hide one."""
    try:
        headers = _headers(raw)
    except MailRefused:
        headers = _headers(raw[:MOST_HEAD_BYTES])
    kept = [
        f"{name}: {mask_card_numbers(_decode_name(value[:LONGEST_KEPT_HEADER]))}\n"
        for name, value in headers
        if name in TELLING
    ]
    return "".join(kept[:MOST_KEPT_HEADERS]).encode("utf-8", "replace")


def _headers(raw: bytes) -> list[tuple[str, str]]:
    """The names, in lower case, and values of the mail's own headers."""
    end = _BLANK_LINE.search(raw, 0, MOST_HEAD_BYTES)
    if end is None and len(raw) > MOST_HEAD_BYTES:
        raise MailRefused("too_large")
    head = raw[: end.start()] if end else raw
    lines = _FOLD.sub(" ", head.decode("utf-8", "replace")).splitlines()
    named = (line.partition(":") for line in lines)
    return [(name.strip().lower(), value.strip()) for name, _, value in named]


def _values(headers: list[tuple[str, str]], *names: str) -> Iterator[str]:
    return (value for name, value in headers if name in names)


def _refuse_slow_mail(raw: bytes) -> None:
    """Raise MailRefused if the mail has too many lines or boundaries to parse in time."""
    lines = raw.count(b"\n") + raw.count(b"\r") - raw.count(b"\r\n")
    if lines > MOST_LINES or len(_BOUNDARY.findall(raw)) > MOST_BOUNDARIES:
        raise MailRefused("too_large")


def _parts(message: Message) -> list[Message]:
    parts = list(islice(message.walk(), MOST_PARTS + 1))
    longest = max((len(value) for part in parts for _, value in part.raw_items()), default=0)
    if len(parts) > MOST_PARTS or longest > LONGEST_HEADER:
        raise MailRefused("too_large")
    return parts


def _sender(headers: list[tuple[str, str]]) -> str:
    value = "".join(islice(_values(headers, "from"), 1))
    addresses = _ADDRESS.findall(value[:1_000])
    # The last one: a name that looks like an address may stand before it.
    return _CONTROL.sub("", addresses[-1])[:254] if addresses else "unknown"


def _is_authentic(headers: list[tuple[str, str]], sender: str) -> bool:
    """True if SES verified the sender by DMARC or, for a domain without a policy, by DKIM. False if
    there is a second such header or quoted text in it, as the sender could have written them."""
    results = [value for value in _values(headers, RESULTS) if _authority(value) == AUTHORITY]
    froms = list(_values(headers, "from"))
    if len(results) != 1 or len(froms) != 1 or _QUOTED.search(results[0]):
        return False
    domain = sender.rpartition("@")[2].lower()
    dmarc = _DMARC.findall(results[0][:LONGEST_HEADER].lower())
    signed = _DKIM.findall(results[0][:LONGEST_HEADER].lower())
    if len(dmarc) > 1 or any(result == "fail" for result, _ in dmarc):
        return False
    if dmarc and dmarc[0] == ("pass", domain):
        return True
    return any(domain == each or domain.endswith(f".{each}") for each in signed)


def _authority(value: str) -> str:
    return value.partition(";")[0].strip().lower()


def _reply_text(parts: list[Message]) -> str:
    """The text above our own email, or else below it, and the names of the attached files."""
    body = _CONTROL.sub("", _body(parts)).replace("\r\n", "\n")
    files = [_CONTROL.sub("", each) for each in _files(parts)]
    attachments = [f"(Attachments, not kept: {', '.join(files)})"] if files else []
    return "\n".join([_without_quote(body), *attachments]).strip()


def _without_quote(body: str) -> str:
    above, ours, below = body.partition(ABOVE)
    lines = above.rstrip().split("\n")
    while ours and lines and _introduces_quote(lines[-1]):
        lines.pop()
    if not lines:
        lines = [line for line in below.split("\n") if not line.startswith(">")]
    return "\n".join(lines).strip()


def _introduces_quote(line: str) -> bool:
    """True for a line between a reply and the text that it quotes, such as "On Monday, the council
    wrote:"."""
    return not line.strip() or line.startswith(">") or line.rstrip().endswith(":")


def _body(parts: list[Message]) -> str:
    for kind in ("text/plain", "text/html"):
        for part in parts:
            if part.get_content_type() == kind and not _is_file(part):
                text = _text(part)
                return text if kind == "text/plain" else _without_tags(text)
    return ""


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or part.get_filename() is not None


def _text(part: Message) -> str:
    """The part's text; only its ASCII characters if its character set is unknown."""
    payload = part.get_payload(decode=True)
    raw = payload[:LONGEST_BODY_BYTES] if isinstance(payload, bytes) else b""
    try:
        charset = codecs.lookup(str(part.get_content_charset("utf-8"))).name
        return raw.decode("ascii" if charset in SLOW else charset, "replace")
    except (LookupError, ValueError):
        return raw.decode("ascii", "ignore")


def _files(parts: list[Message]) -> Iterator[str]:
    for part in parts:
        if name := part.get_filename():
            yield _decode_name(name[:400])[:100]


def _decode_name(name: str) -> str:
    """The file name, decoded as RFC 2047 says where a mail program encoded it."""
    try:
        return str(make_header(decode_header(name)))
    except (MessageError, LookupError, ValueError):
        return name


def _without_tags(page: str) -> str:
    """The text of a page, one line for each block. The library's own parser takes almost endless
    time for text that is not HTML."""
    first, *pieces = page.split("<")
    texts, hidden_in = [first], ""
    for piece in pieces:
        tag, closed, text = piece.partition(">")
        name = _tag(tag)
        if not closed:
            text = f"<{tag}"
        elif name in _HIDDEN and not hidden_in:
            hidden_in = name
        elif name == f"/{hidden_in}":
            hidden_in = ""
        if not hidden_in:
            texts.append(f"\n{_one_line(text)}" if name in _BLOCKS else _one_line(text))
    return unescape("".join(texts))


def _tag(tag: str) -> str:
    """The name of a tag in lower case, with a / before it if it is an end tag."""
    match = _TAG.match(tag)
    return match[0].lower() if match else ""


def _one_line(text: str) -> str:
    return text.replace("\r", "").replace("\n", " ")
