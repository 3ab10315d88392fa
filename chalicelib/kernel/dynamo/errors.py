"""Translates PynamoDB's errors into ours, for every store on DynamoDB."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError
from pynamodb.exceptions import PynamoDBException

from chalicelib.errors import UpstreamFailed


class ConditionFailed(Exception):
    """The item did not meet the condition of a write."""


@contextmanager
def translated(what: str, clash: type[Exception] | None = None) -> Iterator[None]:
    """`what` names the stored object in the message; `clash` is the error for a failed condition.
    Raises that, or UpstreamFailed."""
    try:
        yield
    except PynamoDBException as error:
        if clash and _condition_failed(error):
            raise clash from error
        raise UpstreamFailed(f"The store of {what} did not answer. Send it again.") from error


def _condition_failed(error: PynamoDBException) -> bool:
    # PynamoDB's own `cause_response_code` fails for a cause without a response.
    cause = error.cause
    return isinstance(cause, ClientError) and (
        cause.response["Error"].get("Code") == "ConditionalCheckFailedException"
    )
