"""A team's answer by mail goes on the case, and nothing else does."""

from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.outbound.email_parser import (
    MOST_BYTES,
    MOST_HEAD_BYTES,
    MailRefused,
    parse_recipient,
    parse_reply,
)
from chalicelib.outbound.mailbox import ABOVE
from chalicelib.outbound.replies import REFUSED, SETUP_NOTIFICATION, Ports, add_reply, is_from
from tests.support.fakes_forwarding import REFERENCE, MemoryInbox, MemoryNotes

TOKEN = "0123456789abcdef" * 2
ADDRESS = f"replies+{REFERENCE.lower()}-{TOKEN}@mail.example"


class Office:
    """Where mail arrives."""

    def __init__(self) -> None:
        self.inbox, self.notes = MemoryInbox(), MemoryNotes()
        self.ports = Ports(
            inbox=self.inbox,
            add_note=self.notes,
            is_token_valid=lambda request_id, token: (request_id, token) == (REFERENCE, TOKEN),
            is_from_team=lambda _, sender: is_from(sender, ("trees@example.org", "park.example")),
        )

    def take(self, raw: bytes, key: str = "key") -> str | None:
        self.inbox.mail[key] = raw
        taken = add_reply(key, self.ports)
        return taken.service_request_id if taken else None

    def refusal(self, raw: bytes) -> str:
        """Why it is refused; only a copy without its body stays then, and no case hears of it."""
        with pytest.raises(MailRefused) as caught:
            self.take(raw)
        assert list(self.inbox.mail) == [f"{REFUSED}key"] and not self.notes.kept
        return caught.value.code


@pytest.fixture
def office() -> Office:
    return Office()


def mail(text: str = "We went there.", **headers: str) -> EmailMessage:
    message = EmailMessage()
    for name, value in {"From": "Tree Team <trees@example.org>", "To": ADDRESS, **headers}.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def test_reply_becomes_a_note_and_its_email_is_deleted(office: Office) -> None:
    assert office.take(mail().as_bytes()) == REFERENCE
    assert list(office.notes.kept.values()) == [(REFERENCE, "trees@example.org", "We went there.")]
    assert office.inbox.mail == {}


def test_reply_is_stored_once_when_its_message_is_repeated(office: Office) -> None:
    raw = mail().as_bytes()
    office.take(raw)
    assert add_reply("key", office.ports) is None
    office.take(raw)
    assert len(office.notes.kept) == 1
    office.take(raw, key="another")
    assert len(office.notes.kept) == 2


def test_notification_of_ses_is_deleted_and_becomes_no_note(office: Office) -> None:
    text = b"Amazon SES is set up to write to this bucket."
    assert office.take(text, SETUP_NOTIFICATION) is None
    assert office.inbox.mail == {} and not office.notes.kept


def test_only_the_text_above_our_own_email_is_stored(office: Office) -> None:
    quoted = (
        f"Done.\n\nThanks\n\nOn Monday, the council wrote:\n> \n> {ABOVE}\n> Reported by: Ann\n"
    )
    office.take(mail(quoted).as_bytes())
    ((_, _, text),) = office.notes.kept.values()
    assert text == "Done.\n\nThanks"


def test_html_reply_is_read_without_its_tags(office: Office) -> None:
    message = mail()
    message.set_content(
        "<head><style>p {}</style></head><p>Done &amp; dusted</p><script>x()</script><p>Ann</p>",
        subtype="html",
    )
    office.take(message.as_bytes())
    ((_, _, text),) = office.notes.kept.values()
    assert text == "Done & dusted\nAnn"


def test_attached_files_are_named_and_not_stored(office: Office) -> None:
    message = mail()
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="plan.pdf")
    office.take(message.as_bytes())
    ((_, _, text),) = office.notes.kept.values()
    assert text == "We went there.\n(Attachments, not kept: plan.pdf)"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"To": f"replies+{REFERENCE.lower()}-{'0' * 32}@mail.example"}, "wrong_token"),
        ({"To": f"replies+{'0' * 12}-{TOKEN}@mail.example"}, "wrong_token"),
        ({"To": "replies@mail.example"}, "no_token"),
        ({"To": "somebody@example.org"}, "no_token"),
        ({"X_SES_Spam_Verdict": "FAIL"}, "spam_or_virus"),
        ({"X_SES_Virus_Verdict": "FAIL"}, "spam_or_virus"),
    ],
)
def test_strangers_email_is_refused(changes: dict[str, str], code: str, office: Office) -> None:
    assert office.refusal(mail(**changes).as_bytes()) == code


CARD = "4444 3333 2222 1111"


@pytest.mark.parametrize("encoding", ["7bit", "base64", "quoted-printable"])
def test_refused_email_leaves_who_wrote_it_and_no_card_number(
    encoding: str, office: Office
) -> None:
    message = mail(
        To="us@mail.example", Subject=f"Card {CARD} for \u20ac 5", Cc=f"{CARD} <c@example.org>"
    )
    message.set_content(f"My card is {CARD}.", cte=encoding)
    office.refusal(message.as_bytes())
    (kept,) = office.inbox.mail.values()
    assert kept.decode() == (
        "from: Tree Team <trees@example.org>\nto: us@mail.example\n"
        "subject: Card **** for \u20ac 5\ncc: **** <c@example.org>\n"
    )


def test_head_of_a_refused_email_becomes_no_note(office: Office) -> None:
    assert office.take(mail().as_bytes(), key=f"{REFUSED}key") is None
    assert not office.notes.kept


def test_email_is_refused_when_it_cannot_be_added_to_the_case(office: Office) -> None:
    raw = mail().as_bytes()
    office.notes.known = set()
    assert office.refusal(raw) == "no_report"
    office.notes.known, office.notes.most = {REFERENCE}, 0
    assert office.refusal(raw) == "too_many_notes"
    assert office.refusal(raw + b"x" * MOST_BYTES) == "too_large"


def test_complete_reply_is_stored_when_it_quotes_nothing(office: Office) -> None:
    office.take(mail("We need:\n> 10 t of sand\nand this:").as_bytes())
    ((_, _, text),) = office.notes.kept.values()
    assert text == "We need:\n> 10 t of sand\nand this:"


def test_reply_below_our_own_email_is_stored(office: Office) -> None:
    office.take(mail(f"On Monday, they wrote:\n> {ABOVE}\n> Deep.\n\nDone.\n").as_bytes())
    ((_, _, text),) = office.notes.kept.values()
    assert text == "Done."


def _nested(depth: int) -> bytes:
    parts = (f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(depth))
    return "".join(parts).encode()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (_nested(3_000), "too_large"),
        (_nested(21) + b"a\n" * 100, "too_large"),
        (b"Content-Type: message/rfc822\n\n" * 3_000, "unreadable"),
        (b"\n" + b"a\n" * 200_000, "too_large"),
        (b"X: a\n" * (MOST_HEAD_BYTES // 5), "too_large"),
        (b"Cc: " + b"=?utf-8?q?a?= " * 20_000 + b"\n\n", "too_large"),
        (b"Content-Type: text/plain; " + b"a=b; " * 40_000 + b"\n\n", "too_large"),
        (b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 9_000, "too_large"),
    ],
)
def test_hostile_email_is_refused(body: bytes, code: str, office: Office) -> None:
    assert office.refusal(f"To: {ADDRESS}\n".encode() + body) == code


@pytest.mark.parametrize("part", ['"', "(", "<", "=?utf-8?q?a?= ", "a,", "@", "a@", "[", "\\"])
def test_hostile_addresses_are_read(part: str, office: Office) -> None:
    long = part * (9_900 // len(part))
    others = f"To: {long}\nFrom: {long}\nCc: {long}\n" * 2
    assert office.refusal(f"{others}\nDone.".encode()) == "no_token"
    assert office.take(f"{others}To: {ADDRESS}\n\nDone.".encode()) == REFERENCE


@pytest.mark.parametrize("charset", ["punycode", "idna", "undefined", "hex", "nonsense"])
def test_reply_is_read_as_ascii_when_its_character_set_is_unknown(
    charset: str, office: Office
) -> None:
    text = b"Done.\xff" + b" a-b" * 50_000
    raw = f"To: {ADDRESS}\nContent-Type: text/plain; charset={charset}\n\n".encode() + text
    office.take(raw)
    ((_, _, said),) = office.notes.kept.values()
    assert said.startswith("Done.")


def test_email_is_not_parsed_when_its_token_is_not_valid(office: Office) -> None:
    wrong = ADDRESS.replace(TOKEN, "0" * 32)
    assert office.refusal(f"To: {wrong}\n".encode() + _nested(3_000)) == "wrong_token"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("=?utf-8?q?Pl=C3=A4ne=2Epdf?=", "Pläne.pdf"),
        ("=?utf-8?b?a?=", "=?utf-8?b?a?="),
        ("=?x?q?a?=", "=?x?q?a?="),
    ],
)
def test_file_name_is_decoded_if_possible(name: str, said: str, office: Office) -> None:
    part = f'--b\nContent-Disposition: attachment; filename="{name}"\n\nx\n--b--'
    head = f"To: {ADDRESS}\nContent-Type: multipart/mixed; boundary=b\n\n"
    office.take((head + part).encode())
    ((_, _, text),) = office.notes.kept.values()
    assert said in text


@pytest.mark.parametrize(
    ("said", "sender"),
    [
        ("ann@example.org", "ann@example.org"),
        ('"ann@home.example" <ann@example.org>', "ann@example.org"),
        ("=?utf-8?q?Ann?= <ann@example.org>", "ann@example.org"),
        ("nobody", "unknown"),
    ],
)
def test_sender_is_the_address_in_from(said: str, sender: str, office: Office) -> None:
    office.take(f"From: {said}\nTo: {ADDRESS}\n\nDone.".encode())
    ((_, named, _),) = office.notes.kept.values()
    assert named == sender


@pytest.mark.parametrize("part", ["<", "<a ", "<!--", "<![", "</", "<a b='", "<style>", "&#"])
def test_hostile_html_is_read(part: str, office: Office) -> None:
    page = f"To: {ADDRESS}\nContent-Type: text/html\n\n<p>Done</p>{part * 100_000}"
    office.take(page.encode())
    ((_, _, text),) = office.notes.kept.values()
    assert text.startswith("Done")


@pytest.mark.parametrize("name", ["To", "Cc", "Delivered-To", "X-Original-To"])
def test_reply_is_recognised_by_any_recipient_header(name: str, office: Office) -> None:
    message = mail(To="somebody@example.org")
    del message["To"]
    message[name] = f"Other <other@example.org>, Replies <{ADDRESS.upper()}>"
    assert office.take(message.as_bytes()) == REFERENCE


@given(st.binary(max_size=2000))
@settings(max_examples=300)
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    assert is_read_or_refused(raw)


_HEADER = st.sampled_from(
    ["From", "To", "Cc", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Date"]
)
_VALUE = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            ADDRESS,
            "multipart/mixed; boundary=x",
            "text/plain; charset=nonsense",
            "text/plain; charset=utf-16",
            "base64",
            "=?utf-8?b?////?=",
            '"unclosed <',
            "attachment; filename*=utf-8''%ff%fe",
        ]
    ),
)


@given(st.lists(st.tuples(_HEADER, _VALUE), max_size=8), st.binary(max_size=300))
@settings(max_examples=700)
def test_any_headers_are_read_or_refused(headers: list[tuple[str, str]], body: bytes) -> None:
    lines = [f"{name}: {value}".encode("utf-8", "surrogateescape") for name, value in headers]
    assert is_read_or_refused(b"\r\n".join([f"To: {ADDRESS}".encode(), *lines, b"", body]))


def is_read_or_refused(raw: bytes) -> bool:
    """Whether the mail is refused, or its text can be stored and shown."""
    try:
        parse_recipient(raw)
        reply = parse_reply(raw)
    except MailRefused:
        return True
    (reply.text + reply.sender).encode("utf-8")
    controls = {chr(code) for code in (*range(9), 11, 12, *range(14, 32), 127)}
    return bool(reply.text) and len(reply.sender) <= 254 and not {*reply.text} & controls


# Whose answer it is

FOUND = (
    "amazonses.com; spf=pass (spfCheck: x) client-ip=192.0.2.1; envelope-from=a@{0}; "
    "dkim={1} header.i=@{0}; dmarc={2} header.from={0};"
)


def found(domain: str, dkim: str = "pass", dmarc: str = "pass") -> str:
    """What SES says of a mail from that domain."""
    return FOUND.format(domain, dkim, dmarc)


@pytest.mark.parametrize(
    ("sender", "results", "is_from_team"),
    [
        ("Tree Team <trees@example.org>", found("example.org"), True),
        ("TREES@Example.Org", found("example.org"), True),
        ("Ann <ann@park.example>", found("park.example"), True),
        ("trees@example.org", found("example.org", dmarc="none"), True),
        ("trees@example.org", found("example.org", dkim="none"), True),
        ("trees@example.org", found("example.org", "none", "none"), False),
        ("trees@example.org", found("example.org", "pass", "fail"), False),
        ("trees@example.org", found("example.org", "fail", "fail"), False),
        ("trees@example.org", found("evil.example"), False),
        ("trees@example.org", found("ample.org", dmarc="none"), False),
        ("trees@example.org", "", False),
        ("trees@example.org", "mx.evil.example; dmarc=pass header.from=example.org", False),
        ("trees@example.org", "amazonses.com", False),
        (
            "trees@example.org",
            'amazonses.com; spf=pass envelope-from="; dmarc=pass header.from=example.org"@e.org',
            False,
        ),
        (
            "trees@example.org",
            f"{found('evil.example')} dmarc=pass header.from=example.org",
            False,
        ),
        ("ann@example.org", found("example.org"), False),
        ("evil@evil.example", found("evil.example"), False),
        ("trees@example.org <evil@evil.example>", found("evil.example"), False),
        ("evil@park.example.evil.example", found("park.example.evil.example"), False),
        ("unknown", found("example.org"), False),
    ],
)
def test_reply_is_the_teams_only_when_it_comes_from_its_mailbox(
    sender: str, results: str, is_from_team: bool, office: Office
) -> None:
    raw = f"From: {sender}\r\nTo: {ADDRESS}\r\n".encode()
    head = f"Authentication-Results: {results}\r\n".encode() if results else b""
    assert office.take(head + raw + b"\r\nDone.\r\n") == REFERENCE
    assert list(office.notes.teams.values()) == [is_from_team]
    assert [text for _, _, text in office.notes.kept.values()] == ["Done."]


def test_reply_is_not_verified_when_its_sender_forged_the_header_or_names_two_senders(
    office: Office,
) -> None:
    from_team = b"From: trees@example.org\r\n"
    results = f"Authentication-Results: {found('example.org')}\r\n".encode()
    evil = f"Authentication-Results: {found('evil.example', dmarc='none')}\r\n".encode()
    rest = f"To: {ADDRESS}\r\n\r\nDone.\r\n".encode()
    for number, head in enumerate((evil + results + from_team, results + from_team + from_team)):
        office.take(head + rest, key=str(number))
    assert list(office.notes.teams.values()) == [False, False]
