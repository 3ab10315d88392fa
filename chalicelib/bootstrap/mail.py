"""The way that letters leave, and the domain that they leave from."""

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.bootstrap.base import client, council, settings
from chalicelib.errors import ConfigurationError

if TYPE_CHECKING:
    from chalicelib.aws.ses import SesPost


@cache
def post() -> "SesPost":
    """The way that letters leave. Raises ConfigurationError where there is none."""
    from botocore.config import Config

    from chalicelib.aws.ses import SesPost
    from chalicelib.kernel.time import utc_now

    once = Config(retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=20)
    return SesPost(
        client("sesv2", config=once),
        name=council().name,
        domain=mail_domain(),
        receipts=settings().mail_receipts,
        now=utc_now,
    )


def mail_domain() -> str:
    """The domain of the council's mail. Raises ConfigurationError where it is not set."""
    domain = settings().mail_domain
    if not domain:
        raise ConfigurationError("MAIL_DOMAIN is not set: a mailbox needs mail to be set up.")
    return domain
