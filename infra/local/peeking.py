"""Whether moto has anything for a source, looked up beside its API.

To ask a dozen empty sources through the API costs 90 ms of processor, and the pump asks them again
and again.
"""

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodbstreams.models import dynamodbstreams_backends
from moto.sqs.models import sqs_backends


def has_messages(queue_arn: str) -> bool:
    """True also where all of them are hidden for now."""
    region, name = queue_arn.split(":")[3], queue_arn.rsplit(":", 1)[1]
    return bool(sqs_backends[DEFAULT_ACCOUNT_ID][region].get_queue(name)._messages)


def has_records(stream_arn: str, iterator: str) -> bool:
    """Whether there is a record from that shard iterator on."""
    backend = dynamodbstreams_backends[DEFAULT_ACCOUNT_ID][stream_arn.split(":")[3]]
    place = backend.shard_iterators[iterator]
    return bool(place.stream_shard.get(place.sequence_number, 1))
