"""Checks in moto's own data whether a source has anything, bypassing its API. Asking a dozen empty
sources through the API costs 90 ms of processor, and the pump asks them continually.
"""

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodbstreams.models import dynamodbstreams_backends
from moto.sqs.models import sqs_backends


def has_messages(queue_arn: str) -> bool:
    """True even if all of them are hidden at present."""
    region, name = queue_arn.split(":")[3], queue_arn.rsplit(":", 1)[1]
    return bool(sqs_backends[DEFAULT_ACCOUNT_ID][region].get_queue(name)._messages)


def has_records(stream_arn: str, iterator: str) -> bool:
    """True if there is a record from that shard iterator on."""
    backend = dynamodbstreams_backends[DEFAULT_ACCOUNT_ID][stream_arn.split(":")[3]]
    place = backend.shard_iterators[iterator]
    return bool(place.stream_shard.get(place.sequence_number, 1))
