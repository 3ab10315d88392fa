"""A code by mail is never lost and may come twice; one by text message comes once at most."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from msgspec import structs
from msgspec.structs import replace

from chalicelib.accounts.code_messages import CodeMessages
from chalicelib.accounts.model import CODE_VALID_FOR, Attempt, Destination
from chalicelib.accounts.ports import SendingPorts
from chalicelib.accounts.usecases.code_sending import send_code
from chalicelib.catalogue.theme import EmailLook, Theme
from chalicelib.errors import AddressRefused, AppError, NoReply, UpstreamFailed
from chalicelib.kernel.email import Email
from chalicelib.kernel.segments import count_segments
from tests.support.builders import NOON
from tests.support.councils import council_named
from tests.support.fakes import Clock
from tests.support.fakes_accounts import CODES, FewTexts, MemoryAttempts

EMAIL = Destination("email", "resident@example.org")
PHONE = Destination("phone", "+447700900123")
ID = f"{123456:032x}"
LOOK = EmailLook("The Council", Theme(), "https://report.council.example")


class Way:
    """Letters and texts that left; `fails` is what happens to the next ones, before or after."""

    def __init__(self) -> None:
        self.emails: list[Email] = []
        self.texts: list[tuple[str, str]] = []
        self.fails: list[AppError] = []

    def send(self, what: Email | str, text: str = "") -> None:
        error = self.fails.pop() if self.fails else None
        if error and not isinstance(error, NoReply):
            raise error
        if isinstance(what, Email):
            self.emails.append(what)
        else:
            self.texts.append((what, text))
        if error:
            raise error


@pytest.fixture
def way() -> Way:
    return Way()


@pytest.fixture
def attempts() -> MemoryAttempts:
    return MemoryAttempts()


@pytest.fixture
def budget() -> FewTexts:
    return FewTexts(2)


@pytest.fixture
def sending(way: Way, attempts: MemoryAttempts, budget: FewTexts, clock: Clock) -> SendingPorts:
    return SendingPorts(
        attempts=attempts,
        codes=CODES,
        messages=CodeMessages(LOOK, structs.replace(council_named("demo"), name="The Council")),
        send_email=way.send,
        send_text=way.send,
        budget=budget,
        now=clock,
    )


def ask(
    attempts: MemoryAttempts,
    to: Destination,
    account_id: str | None = None,
    language: str | None = None,
) -> None:
    attempts.add(
        Attempt(
            attempt_id=ID,
            destination=to,
            created_at=NOON,
            expires_at=NOON + CODE_VALID_FOR,
            account_id=account_id,
            language=language,
        )
    )


def test_email_has_code_and_link_and_no_code_in_its_subject(
    way: Way, attempts: MemoryAttempts, sending: SendingPorts
) -> None:
    ask(attempts, EMAIL)
    send_code(ID, sending)
    (email,) = way.emails
    link = f"https://report.council.example/forms/sign-in/confirm/{ID}?token={CODES.link_token(ID)}"
    assert email.to == EMAIL.value and CODES.code(ID) not in email.subject
    for body in (email.text, email.html):
        assert CODES.code(ID) in body and link in body


@pytest.mark.parametrize(
    ("account_id", "what"),
    [(None, "sign in to"), ("account-1", "add this number to your account with")],
)
def test_text_message_has_the_code_bound_to_our_pages_and_fits_into_one(
    account_id: str | None, what: str, way: Way, attempts: MemoryAttempts, sending: SendingPorts
) -> None:
    ask(attempts, PHONE, account_id)
    send_code(ID, sending)
    ((to, text),) = way.texts
    assert f"{CODES.code(ID)} is your code to {what} " in text
    assert to == PHONE.value and text.endswith(f"\n\n@report.council.example #{CODES.code(ID)}")
    assert len(text) <= 160 and text.isascii()


@pytest.mark.parametrize("to", [EMAIL, PHONE])
def test_code_is_sent_once_when_its_message_is_repeated(
    to: Destination, way: Way, attempts: MemoryAttempts, sending: SendingPorts
) -> None:
    ask(attempts, to)
    for _ in range(3):
        send_code(ID, sending)
    assert len(way.emails) + len(way.texts) == 1


@pytest.mark.parametrize("to", [EMAIL, PHONE])
def test_code_is_sent_at_the_next_try_when_the_first_failed(
    to: Destination, way: Way, attempts: MemoryAttempts, sending: SendingPorts
) -> None:
    ask(attempts, to)
    way.fails = [UpstreamFailed("No way out.")]
    with pytest.raises(UpstreamFailed):
        send_code(ID, sending)
    send_code(ID, sending)
    assert len(way.emails) + len(way.texts) == 1


def test_email_is_repeated_and_a_text_is_not_when_the_outcome_is_unknown(
    way: Way, attempts: MemoryAttempts, sending: SendingPorts
) -> None:
    ask(attempts, EMAIL)
    way.fails = [NoReply("Silence.")]
    with pytest.raises(NoReply):
        send_code(ID, sending)
    send_code(ID, sending)
    attempts.all.clear()
    ask(attempts, PHONE)
    way.fails = [NoReply("Silence.")]
    send_code(ID, sending)
    send_code(ID, sending)
    assert (len(way.emails), len(way.texts)) == (2, 1)


def over(clock: Clock, _: MemoryAttempts) -> None:
    clock.now = NOON + CODE_VALID_FOR


def used(_: Clock, attempts: MemoryAttempts) -> None:
    attempts.use(ID, "somebody", NOON)


def gone(_: Clock, attempts: MemoryAttempts) -> None:
    attempts.all.clear()


@pytest.mark.parametrize("is_over", [over, used, gone])
def test_nothing_is_sent_when_the_code_is_no_longer_valid(
    is_over: Callable[[Clock, MemoryAttempts], None],
    way: Way,
    attempts: MemoryAttempts,
    sending: SendingPorts,
    clock: Clock,
) -> None:
    ask(attempts, EMAIL)
    is_over(clock, attempts)
    send_code(ID, sending)
    assert way.emails == []


@pytest.mark.parametrize("to", [EMAIL, PHONE])
def test_refused_address_is_not_retried(
    to: Destination, way: Way, attempts: MemoryAttempts, sending: SendingPorts, clock: Clock
) -> None:
    ask(attempts, to)
    way.fails = [AddressRefused("Never.")]
    send_code(ID, sending)
    clock.now += timedelta(minutes=1)
    assert way.emails == [] and way.texts == []


def test_no_text_is_sent_and_the_attempt_says_so_when_the_texts_of_the_day_are_spent(
    way: Way, attempts: MemoryAttempts, sending: SendingPorts, budget: FewTexts
) -> None:
    for _ in range(3):
        attempts.all.clear()
        ask(attempts, PHONE)
        send_code(ID, sending)
    assert (len(way.texts), budget.left) == (2, 0)
    assert attempts.all[ID].is_over_cap
    send_code(ID, sending)
    assert len(way.texts) == 2
    attempts.all.clear()
    ask(attempts, EMAIL)
    send_code(ID, sending)
    assert len(way.emails) == 1 and not attempts.all[ID].is_over_cap


@pytest.mark.parametrize(
    ("error", "left"),
    [(UpstreamFailed("No way."), 2), (AddressRefused("Never."), 2), (NoReply("Silence."), 1)],
)
def test_text_costs_nothing_when_it_certainly_was_not_sent(
    error: AppError,
    left: int,
    way: Way,
    attempts: MemoryAttempts,
    sending: SendingPorts,
    budget: FewTexts,
) -> None:
    ask(attempts, PHONE)
    way.fails = [error]
    with suppress(UpstreamFailed):
        send_code(ID, sending)
    assert budget.left == left


def test_text_is_sent_at_the_next_try_when_counting_failed_at_the_first(
    way: Way, attempts: MemoryAttempts, sending: SendingPorts, budget: FewTexts
) -> None:
    ask(attempts, PHONE)
    budget.is_down = True
    with pytest.raises(UpstreamFailed):
        send_code(ID, sending)
    budget.is_down = False
    send_code(ID, sending)
    assert len(way.texts) == 1


@pytest.mark.parametrize("to", [EMAIL, PHONE])
def test_nothing_is_sent_or_paid_for_when_the_address_is_blocked(
    to: Destination, way: Way, attempts: MemoryAttempts, sending: SendingPorts, budget: FewTexts
) -> None:
    ask(attempts, to)
    attempts.all[ID] = replace(attempts.all[ID], is_blocked=True)
    send_code(ID, sending)
    assert (way.emails, way.texts, budget.left) == ([], [], 2)
    assert attempts.all[ID].sent_at and not attempts.all[ID].is_over_cap
    budget.left = 0
    attempts.all[ID] = replace(attempts.all[ID], sent_at=None)
    send_code(ID, sending)
    assert attempts.all[ID].is_over_cap is (to == PHONE)


def test_last_texts_go_to_known_devices(
    way: Way, attempts: MemoryAttempts, sending: SendingPorts, budget: FewTexts
) -> None:
    budget.left = budget.kept = 1
    for is_known, texts in ((False, 0), (True, 1)):
        attempts.all.clear()
        ask(attempts, PHONE)
        attempts.all[ID] = replace(attempts.all[ID], is_known=is_known)
        send_code(ID, sending)
        assert len(way.texts) == texts


@pytest.mark.parametrize("account_id", [None, "a" * 32])
@pytest.mark.parametrize(("code", "says"), [("cy", "yw eich cod"), ("en", "is your code")])
def test_code_is_sent_in_the_language_of_its_request_as_one_text(
    code: str,
    says: str,
    account_id: str | None,
    sending: SendingPorts,
    attempts: MemoryAttempts,
    way: Way,
) -> None:
    ask(attempts, PHONE, account_id, code)
    send_code(ID, sending)
    ((_, words),) = way.texts
    assert says in words and count_segments(words) == 1
