"""Letters leave through SES, and the network does to them what it does."""

from email.message import EmailMessage
from typing import Any

import boto3
import pytest

from chalicelib.bootstrap import container, messaging
from chalicelib.bootstrap.messaging import email_sender
from chalicelib.bootstrap.outbound import reply_ports
from chalicelib.errors import AddressRefused, ConfigurationError, NoReply, UpstreamFailed
from chalicelib.kernel.email import Email
from chalicelib.outbound.dynamo.receivers import DynamoMarks
from chalicelib.outbound.email_parser import MOST_BYTES
from chalicelib.outbound.ports import Mark
from chalicelib.outbound.s3_inbox import S3Inbox
from infra.local import mail
from infra.local.cloud import Cloud
from infra.template import merged_template
from tests.support.builders import NOON
from tests.support.fakes_forwarding import REFERENCE, MemoryMarks
from tests.support.seam import (
    LOSSES,
    REFUSALS,
    Loss,
    Refusal,
    garble_reply,
    lose_reply,
    refuse_call,
)

pytestmark = pytest.mark.usefixtures("cloud")


def email_of(**values: Any) -> Email:
    given = {
        "to": "trees@example.org",
        "subject": "A hole",
        "text": "Deep.",
        "html": "<p>Deep.</p>",
    }
    return Email(**{**given, "thread": REFERENCE, **values})


def sent() -> list[EmailMessage]:
    return mail.emails()


def test_email_is_in_the_outbox_as_it_was_sent() -> None:
    email_sender().send(email_of())
    email_sender().send(email_of(subject="Another"))
    newest, oldest = mail.outbox()["items"]
    assert (newest["subject"], oldest["subject"]) == ("Another", "A hole")
    assert set(newest) == {"channel", "to", "subject", "body", "sent_at"}
    assert (oldest["channel"], oldest["to"]) == ("email", "trees@example.org")
    assert oldest["body"] == "Deep.\n" and oldest["sent_at"].endswith("Z")


def test_outbox_shows_an_email_when_its_subject_looks_like_encoded_headers() -> None:
    words = "=?utf-8?q?x=0AReply-To:_evil=40example.com=0A=0A=3Ca_href=3Dhttp://evil=3E?="
    email_sender().send(email_of(subject=f"Pothole: {words}", text=words))
    (shown,) = mail.outbox()["items"]
    assert shown["subject"] == f"Pothole: {words.replace('=?', '= ?')}"
    assert (shown["to"], shown["body"]) == ("trees@example.org", f"{words}\n")
    (sent_letter,) = sent()
    assert sent_letter["Reply-To"] is None


@pytest.mark.parametrize("loss", LOSSES)
def test_email_is_sent_once_and_not_reported_as_unsent_when_the_reply_is_lost(
    loss: Loss,
) -> None:
    with lose_reply(1, times=5, loss=loss) as struck, pytest.raises(NoReply):
        email_sender().send(email_of())
    assert len(struck) == 1 and len(sent()) == 1


def test_email_is_sent_once_and_not_reported_as_unsent_when_the_reply_is_garbage() -> None:
    with garble_reply(1) as struck, pytest.raises(NoReply):
        email_sender().send(email_of())
    assert len(struck) == 1 and len(sent()) == 1


@pytest.mark.parametrize("kind", REFUSALS)
def test_refused_email_is_not_sent(kind: Refusal) -> None:
    with refuse_call(1, kind=kind, times=5) as struck, pytest.raises(UpstreamFailed) as caught:
        email_sender().send(email_of())
    assert len(struck) == 1 and sent() == []
    # After an answer of 5xx nobody can tell.
    assert isinstance(caught.value, NoReply) == (kind in ("500", "503"))


def test_email_is_never_retried_when_ses_refuses_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MAIL_DOMAIN", "not-ours.example")
    container.forget_built()
    with pytest.raises(AddressRefused):
        email_sender().send(email_of())


def test_post_names_the_missing_setting_when_no_mail_is_configured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MAIL_DOMAIN", "")
    container.forget_built()
    with pytest.raises(ConfigurationError, match="MAIL_DOMAIN"):
        email_sender()


def test_reply_address_identifies_its_report_and_cannot_be_guessed() -> None:
    address = messaging.reply_address(REFERENCE)
    local, _, domain = address.partition("@")
    assert local.startswith(f"replies+{REFERENCE.lower()}-") and domain == mail.DOMAIN
    assert len(local) <= 64 and address == address.lower()
    token = local.rpartition("-")[2]
    holds = reply_ports().is_token_valid
    assert holds(REFERENCE, token) and not holds("0" * 12, token)
    assert not holds(REFERENCE, "0" * 32) and not holds(REFERENCE, "ü")


def test_email_is_read_up_to_its_limit_and_gone_when_it_is_discarded(cloud: Cloud) -> None:
    client, bucket = boto3.client("s3"), cloud.environment["MAIL_BUCKET"]
    inbox = reply_ports().inbox
    client.put_object(Bucket=bucket, Key="large", Body=b"x" * (MOST_BYTES + 5))
    assert len(inbox.read("large") or b"") == MOST_BYTES + 1
    inbox.discard("large")
    inbox.discard("large")
    assert inbox.read("large") is None
    with refuse_call(1, kind="503", times=10), pytest.raises(UpstreamFailed):
        inbox.read("large")
    with refuse_call(1, kind="503", times=10), pytest.raises(UpstreamFailed):
        inbox.discard("large")
    assert isinstance(inbox, S3Inbox)


@pytest.mark.parametrize("kept_in", ["memory", "moto"])
def test_mark_is_the_last_one_that_was_put(kept_in: str) -> None:
    in_table = DynamoMarks(container.settings().outbound_table)
    marks = MemoryMarks() if kept_in == "memory" else in_table
    assert marks.get("county") is None
    marks.put("county", Mark(NOON, missed_until=NOON))
    marks.put("other", Mark(NOON.replace(year=2027)))
    assert marks.get("county") == Mark(NOON, missed_until=NOON)
    marks.put("county", Mark(NOON.replace(minute=5)))
    assert marks.get("county") == Mark(NOON.replace(minute=5))


def test_only_ses_can_put_mail_into_the_bucket_and_only_the_bucket_notifies() -> None:
    resources = merged_template()["Resources"]
    (statement,) = resources["MailBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "ses.amazonaws.com"}
    assert statement["Action"] == "s3:PutObject"
    (told,) = resources["RepliesQueuePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    bucket = resources["MailBucket"]["Properties"]["BucketName"]["Fn::Sub"]
    source = told["Condition"]["ArnEquals"]["aws:SourceArn"]["Fn::Sub"]
    assert source == "arn:${AWS::Partition}:s3:::" + bucket
    rule = resources["MailRule"]["Properties"]["Rule"]
    assert rule["ScanEnabled"] and rule["TlsPolicy"] == "Require"
    for name in ("MailIdentity", "MailRule"):
        assert resources[name]["Condition"] == "HasMail"


def test_unprocessed_email_expires_after_seven_days() -> None:
    resources = merged_template()["Resources"]
    (rule,) = resources["MailBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    emails = resources["RepliesDeadLetterQueue"]["Properties"]["MessageRetentionPeriod"]
    assert rule["ExpirationInDays"] == 7
    # A day longer than a message that may still be put back.
    assert rule["ExpirationInDays"] == emails // 86400 + 1
