"""What moto and botocore do again and again although the answer stays the same, done once.

Answers are their own. Without this each new cloud reads the descriptions of its services from disk
and makes a key that nothing is encrypted with; moto loads the addresses of S3 for each request,
lists its own folder, counts all messages of a queue for each one that is sent or received,
looks in each text or number of DynamoDB for values of all its other types, too, sorts all of a
table for each query, lists its own methods for each call and reads the template's JSON as YAML;
botocore cleans the same name of a user for each call and writes down for the signature of a
request, which nobody checks, what it signs.
"""

import json
from copy import copy
from functools import cache
from time import time
from typing import Any

from botocore import session, useragent
from botocore.auth import SigV4Auth, SigV4QueryAuth
from moto import backends
from moto.cloudformation.models import Stack
from moto.core import responses
from moto.core.base_backend import BaseBackend
from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.models.table import Table
from moto.kms import models as kms
from moto.sqs import models as sqs

PLAIN = ({"S"}, {"N"}, {"BOOL"})
_urls_of: Any = vars(BaseBackend)["urls"].fget
_query: Any = Table.query
_structure = BaseJSONSerializer._serialize_type_structure
_modules = tuple(backends.list_of_moto_modules())
_urls: dict[type[BaseBackend], dict[str, Any]] = {}


@cache
def install() -> None:
    """Makes them quicker for the rest of this process."""
    _replace(session, create_loader=cache(vars(session)["create_loader"]))
    _replace(kms, generate_private_key=cache(vars(kms)["generate_private_key"]))
    _replace(BaseBackend, urls=property(_urls_once))
    _replace(backends, list_of_moto_modules=lambda: _modules)
    _replace(BaseJSONSerializer, _serialize_type_structure=_plain_or_structure)
    _replace(Table, query=_query_of_a_part)
    _replace(responses, method_names_from_class=cache(vars(responses)["method_names_from_class"]))
    _replace(Stack, parse_template=staticmethod(json.loads))
    sanitized = cache(vars(useragent)["sanitize_user_agent_string_component"])
    _replace(useragent, sanitize_user_agent_string_component=sanitized)
    # The signature in an address is checked: by the local stack.
    _replace(SigV4QueryAuth, canonical_request=vars(SigV4Auth)["canonical_request"])
    _replace(SigV4Auth, canonical_request=lambda self, request: "")
    _replace(sqs, unix_time_millis=lambda: time() * 1000)
    _replace(sqs.SQSBackend, is_message_valid_based_on_retention_period=_is_retained)


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


def _query_of_a_part(table: Any, hash_key: Any, *rest: Any, **named: Any) -> Any:
    """The query of one partition; its result is sorted in any case."""
    index_name, part = rest[6], copy(table)
    if table.has_range_key:
        sets = table.items.values() if index_name else [table.items.get(hash_key, {})]
        part.all_items = lambda: [item for each in sets for item in each.values()]
    return _query(part, hash_key, *rest, **named)


def _is_retained(backend: Any, queue_name: str, message: Any) -> bool:
    kept_for_s = backend.get_queue(queue_name).message_retention_period
    return bool(kept_for_s + message.sent_timestamp / 1000 > time())
