"""Sends text messages by Amazon SNS.

Sources, read 2026-11: docs.aws.amazon.com/sns/latest/api/API_Publish.html; "Sending SMS messages"
in its developer guide: a text longer than 160 characters (70 with any outside GSM 7-bit) is sent
and billed as several; transactional ones use the most reliable route.
"""

from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
)
from botocore.parsers import ResponseParserError

from chalicelib.errors import AddressRefused, NoReply, UpstreamFailed

_INVALID = ("InvalidParameter", "InvalidParameterValue")
_NOT_SENT = (ConnectTimeoutError, EndpointConnectionError, NoCredentialsError)
_MAYBE = 500


class SnsTexts:
    """Sends text messages with Amazon SNS. `sender` is shown instead of a number; use a client that
    tries each call once: a retry may send the text twice."""

    def __init__(self, client: Any, *, sender: str) -> None:
        self._client = client
        self._attributes = {
            "AWS.SNS.SMS.SenderID": {"DataType": "String", "StringValue": sender},
            "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
        }

    def send(self, to: str, text: str) -> str:
        try:
            answer = self._client.publish(
                PhoneNumber=to, Message=text, MessageAttributes=self._attributes
            )
        except ClientError as error:
            raise _translate_error(error) from error
        except _NOT_SENT as error:
            raise UpstreamFailed("The text message service could not be reached.") from error
        except (BotoCoreError, ResponseParserError) as error:
            raise NoReply("The text message service did not answer.") from error
        message_id: str | None = answer.get("MessageId")
        if not message_id:
            raise NoReply("The text message service sent an answer that cannot be read.")
        return message_id


def _translate_error(error: ClientError) -> AddressRefused | UpstreamFailed:
    details = error.response.get("Error", {})
    if _is_number_refused(details.get("Code", ""), details.get("Message", "")):
        return AddressRefused("The text message service refused this number.")
    if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", _MAYBE) >= _MAYBE:
        return NoReply("The text message service failed.")
    return UpstreamFailed("The text message service did not accept the message.")


def _is_number_refused(code: str, message: str) -> bool:
    """True if the number itself is refused; False, for example, for our sender ID: then the number
    must not be suppressed."""
    return code == "OptedOut" or (code in _INVALID and "PhoneNumber" in message)
