"""Builds what sends messages: emails, text messages and notifications in browsers."""

from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.catalogue.theme import EmailLook
from chalicelib.errors import ConfigurationError
from chalicelib.kernel.time import utc_now

if TYPE_CHECKING:
    from chalicelib.aws.ses import SesEmailSender
    from chalicelib.aws.sns import SnsTexts
    from chalicelib.integrations.web_push import WebPush
    from chalicelib.kernel.email import Email
    from chalicelib.net.vapid_keys import PushKey


def send_email(email: "Email") -> str | None:
    """Sends an email, as the port SendEmail says."""
    return email_sender().send(email)


@container.once
def email_sender() -> "SesEmailSender":
    """Sends emails. Raises ConfigurationError if it is not configured."""
    from chalicelib.aws.clients import TRIED_ONCE
    from chalicelib.aws.ses import SesEmailSender

    return SesEmailSender(
        container.client("sesv2", config=TRIED_ONCE),
        name=container.council().name,
        domain=mail_domain(),
        receipts=container.settings().mail_receipts,
        now=utc_now,
    )


def email_look() -> EmailLook:
    """The council's look in emails."""
    here = container.council()
    return EmailLook(here.name, here.theme, container.settings().site_url)


def mail_domain() -> str:
    """The domain of the council's mail. Raises ConfigurationError where it is not set."""
    domain = container.settings().mail_domain
    if not domain:
        raise ConfigurationError("MAIL_DOMAIN is not set: a mailbox needs mail to be set up.")
    return domain


def reply_address(service_request_id: str) -> str:
    """The address for replies about this report; anybody who knows it may reply."""
    return container.ids().reply_address(service_request_id, mail_domain())


def send_text(to: str, text: str) -> str | None:
    """Sends a text message, as the port SendText says."""
    return texts().send(to, text)


@container.once
def texts() -> "SnsTexts":
    """Sends text messages. Raises ConfigurationError if there is none."""
    from chalicelib.aws.clients import TRIED_ONCE
    from chalicelib.aws.sns import SnsTexts

    sender = container.settings().texts_from
    if not sender:
        raise ConfigurationError("TEXTS_FROM is not set: no text messages are sent.")
    return SnsTexts(container.client("sns", config=TRIED_ONCE), sender=sender)


@container.once
def push_key() -> "PushKey":
    """The key pair of notifications in browsers. Raises UpstreamFailed, ConfigurationError."""
    from chalicelib.net.vapid_keys import PushKey

    return PushKey(container.secret("push").current(), subject=container.settings().site_url)


@container.once
def web_push() -> "WebPush":
    """The way to browsers; the key is made when something is first sent."""
    from chalicelib.integrations.web_push import WebPush

    return WebPush(container.safe_http_client, push_key, utc_now)
