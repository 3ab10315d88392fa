"""Empty the cloud between tests that share it."""

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table
from moto.s3.models import s3_backends
from moto.ses.models import ses_backends
from moto.sqs.models import Queue, sqs_backends

from infra.local import texts
from infra.local.aws import REGION
from infra.local.cloud import Cloud


def clear_cloud(cloud: Cloud) -> None:
    """Remove everything from moto's tables, streams, queues, buckets and outboxes, and clear the
    process's caches of it. Secrets stay, and so do the tables and queues themselves."""
    for table in dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables.values():
        _empty_table(table)
    for queue in sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues.values():
        _empty_queue(queue)
    for bucket in s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets.values():
        bucket.keys.clear()
        bucket.multiparts.clear()
    ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages.clear()
    texts.start_recording()
    cloud.begin_anew()


def empty_tables(*names: str) -> None:
    """Remove everything from these tables and their streams."""
    tables = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables
    for name in names:
        _empty_table(tables[name])


def _empty_table(table: Table) -> None:
    table.items.clear()
    if table.stream_shard:
        table.stream_shard.items.clear()


def _empty_queue(queue: Queue) -> None:
    queue._messages.clear()
    queue._pending_messages.clear()
    queue.deleted_messages.clear()
