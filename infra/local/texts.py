"""Text messages of the local stack: sent ones are in moto, which does not record the time."""

from datetime import UTC, datetime
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sns.models import sns_backends

from infra.local.aws import REGION

SENDER = "Demo"
Message = tuple[str, str]
"""The phone number and the text."""


class _RecordedTexts(dict[str, Message]):
    """moto's messages by their ids, with the time of each."""

    def __init__(self) -> None:
        super().__init__()
        self.at: dict[str, datetime] = {}

    def __setitem__(self, message_id: str, message: Message) -> None:
        self.at[message_id] = datetime.now(UTC)
        super().__setitem__(message_id, message)


def start_recording() -> None:
    """From here on records when a message is sent."""
    sns_backends[DEFAULT_ACCOUNT_ID][REGION].sms_messages = _RecordedTexts()


def texts() -> list[dict[str, Any]]:
    """All sent texts in the outbox's format, oldest first."""
    sent = sns_backends[DEFAULT_ACCOUNT_ID][REGION].sms_messages
    assert isinstance(sent, _RecordedTexts)
    return [
        {
            "channel": "sms",
            "to": to,
            "subject": "",
            "body": words,
            "sent_at": f"{sent.at[message_id]:%Y-%m-%dT%H:%M:%SZ}",
        }
        for message_id, (to, words) in list(sent.items())
    ]
