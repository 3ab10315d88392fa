"""Text messages leave through SNS once at most, and the network does to them what it does."""

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from chalicelib.aws.sns import SnsTexts
from chalicelib.bootstrap import container, messaging
from chalicelib.errors import AddressRefused, AppError, ConfigurationError, NoReply, UpstreamFailed
from infra.local.cloud import Cloud
from infra.local.texts import texts
from tests.support.seam import LOSSES, Loss, garble_reply, lose_reply, record_tries

NUMBER = "+447700900123"


@pytest.fixture(scope="module", autouse=True)
def cloud_of_texts() -> Iterator[Cloud]:
    here = Cloud()
    yield here
    here.stop()


def test_text_is_in_the_outbox_as_it_was_sent_with_its_sender() -> None:
    before = len(texts())
    with record_tries() as tries:
        messaging.texts().send(NUMBER, "Words.")
    (message,) = texts()[before:]
    assert (message["channel"], message["to"], message["body"]) == ("sms", NUMBER, "Words.")
    (sent,) = tries
    assert b"SenderID" in sent.body and b"Transactional" in sent.body


@pytest.mark.parametrize("loss", LOSSES)
def test_text_is_sent_once_and_not_reported_as_unsent_when_the_reply_is_lost(
    loss: Loss,
) -> None:
    before = len(texts())
    with lose_reply(1, times=5, loss=loss) as struck, pytest.raises(NoReply):
        messaging.texts().send(NUMBER, "Words.")
    assert len(struck) == 1 and len(texts()) == before + 1


def test_text_is_sent_once_and_not_reported_as_unsent_when_the_reply_is_garbage() -> None:
    before = len(texts())
    with garble_reply(1) as struck, pytest.raises(NoReply):
        messaging.texts().send(NUMBER, "Words.")
    assert len(struck) == 1 and len(texts()) == before + 1


class Answering:
    """A client whose service answers so."""

    def __init__(self, code: str, status: int, message: str) -> None:
        said = {"Code": code, "Message": message}
        self._answer = {"Error": said, "ResponseMetadata": {"HTTPStatusCode": status}}

    def publish(self, **_: object) -> None:
        raise ClientError(self._answer, "Publish")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "status", "about", "told"),
    [
        ("InvalidParameter", 400, "PhoneNumber", AddressRefused),
        ("InvalidParameter", 400, "AWS.SNS.SMS.SenderID", UpstreamFailed),
        ("OptedOut", 400, "", AddressRefused),
        ("Throttled", 400, "", UpstreamFailed),
        ("InternalError", 500, "", NoReply),
    ],
)
def test_refusal_says_whether_it_was_sent_and_is_permanent_for_a_bad_number(
    code: str, status: int, about: str, told: type[AppError]
) -> None:
    answering = Answering(code, status, f"Invalid parameter: {about} Reason: not valid")
    with pytest.raises(told) as refused:
        SnsTexts(answering, sender="Demo").send(NUMBER, "Words.")
    assert type(refused.value) is told


def test_nothing_is_sent_where_no_sender_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTS_FROM", "")
    container.forget_built()
    with pytest.raises(ConfigurationError, match="TEXTS_FROM"):
        messaging.texts()
    monkeypatch.undo()
    container.forget_built()
