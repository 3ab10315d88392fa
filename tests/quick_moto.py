"""What moto and botocore do again and again although the answer stays the same, done once.

Answers are their own. Without this each new cloud reads the descriptions of its services from disk
and makes a key that nothing is encrypted with; moto loads the addresses of S3 for each request,
lists its own folder, counts all messages of a queue for each one that is sent or received, and
looks in each text or number of DynamoDB for values of all its other types, too.
"""

from functools import cache
from time import time
from typing import Any

from botocore import session
from moto import backends
from moto.core.base_backend import BaseBackend
from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.models import dynamodb_backends
from moto.kms import models as kms
from moto.sqs import models as sqs

PLAIN = ({"S"}, {"N"}, {"BOOL"})
_urls_of: Any = vars(BaseBackend)["urls"].fget
_structure = BaseJSONSerializer._serialize_type_structure
_modules = tuple(backends.list_of_moto_modules())
_urls: dict[type[BaseBackend], dict[str, Any]] = {}


def install() -> None:
    """Makes them quicker for the rest of this process."""
    _replace(session, create_loader=cache(vars(session)["create_loader"]))
    _replace(kms, generate_private_key=cache(vars(kms)["generate_private_key"]))
    _replace(BaseBackend, urls=property(_urls_once))
    _replace(backends, list_of_moto_modules=lambda: _modules)
    _replace(BaseJSONSerializer, _serialize_type_structure=_plain_or_structure)
    _replace(sqs, unix_time_millis=lambda: time() * 1000)
    _replace(sqs.SQSBackend, is_message_valid_based_on_retention_period=_is_retained)


def empty_tables() -> None:
    """Takes every item out of every table."""
    for regions in dynamodb_backends.values():
        for backend in regions.values():
            for table in backend.tables.values():
                table.items.clear()


def _replace(owner: Any, **parts: Any) -> None:
    for name, part in parts.items():
        setattr(owner, name, part)


def _urls_once(backend: BaseBackend) -> dict[str, Any]:
    kind = type(backend)
    if kind not in _urls:
        _urls[kind] = _urls_of(backend)
    return _urls[kind]


def _plain_or_structure(
    serializer: Any, serialized: dict[str, Any], value: Any, shape: Any, key: str
) -> None:
    if shape.name == "AttributeValue" and type(value) is dict and value.keys() in PLAIN:
        serialized[key] = value
    else:
        _structure(serializer, serialized, value, shape, key)


def _is_retained(backend: Any, queue_name: str, message: Any) -> bool:
    kept_for_s = backend.get_queue(queue_name).message_retention_period
    return bool(kept_for_s + message.sent_timestamp / 1000 > time())
