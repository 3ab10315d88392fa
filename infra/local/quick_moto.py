"""What moto and botocore do again and again although the answer stays the same, done once.

Answers are their own. Without this each new cloud reads the descriptions of its services from disk,
once for each session, and makes a key that nothing is encrypted with; moto loads the addresses of
S3 for each request, lists its own folder, tries the addresses of all services of AWS before those
that Ginnel uses, counts all messages of a queue for each one that is sent or received, looks in
each text or number of DynamoDB for values of all its other types, too, adds up an item again for
each of its attributes, reads what an update says twice each time, sorts all of a table for each
query, copies all of its values for each transaction, lists its own methods for each call, draws a
long random id for each answer, builds each request through werkzeug's builder for tests, compares a
service with all others whenever it is looked up and reads the template's JSON as YAML; botocore
describes itself again in each call, reads the same time again and signs each request, which nobody
checks.
"""

import json
from base64 import b64encode
from collections import defaultdict
from copy import copy
from functools import cache
from io import BytesIO
from time import time
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from botocore import httpsession, session, useragent, utils
from botocore.auth import S3SigV4PostAuth, SigV4Auth, SigV4QueryAuth
from botocore.compat import HTTPHeaders
from botocore.hooks import EventAliaser
from botocore.loaders import Loader
from moto import backend_index, backends
from moto.cloudformation.models import Stack
from moto.core import responses
from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.request import Request, environ_key_for_header
from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing import expressions
from moto.dynamodb.responses import DynamoResult
from moto.kms import models as kms
from moto.sqs import models as sqs

PLAIN = ({"S"}, {"N"}, {"BOOL"})
OF_ITEMS = {"GetItem", "BatchGetItem", "Query", "Scan", "PutItem", "UpdateItem", "DeleteItem"}
"""The operations of DynamoDB whose results moto holds as they are sent."""
OURS = {"dynamodb", "dynamodbstreams", "s3", "sqs", "ses", "sesv2", "secretsmanager"}
"""The operations that Ginnel calls while it runs."""
MOST_OF_AN_ITEM = 405_000
"""Bytes, as moto counts them."""
REQUEST_ID = "0" * 52
"""Of every answer: nothing of it is looked up by its id."""
SIGNED = HTTPHeaders()
SIGNED["host"] = ""
_urls_of: Any = vars(BaseBackend)["urls"].fget
_query: Any = Table.query
_executed: Any = DynamoResult.execute_result
_structure = BaseJSONSerializer._serialize_type_structure
_project = Item.project
_alias: Any = vars(EventAliaser)["_alias_event_name"]
_aliases: dict[str, str] = {}
_new_loader = Loader.__init__
_descriptions: defaultdict[tuple[type, type], dict[Any, Any]] = defaultdict(dict)
_new_backend: Any = vars(BackendDict)["_create_account_specific_backend"]
_every_backend: list[Any] = vars(BackendDict)["_instances"]
_modules = tuple(backends.list_of_moto_modules())
_urls: dict[type[BaseBackend], dict[str, Any]] = {}


@cache
def install() -> None:
    """Makes them quicker for the rest of this process."""
    _quicken_botocore()
    _quicken_moto()
    _quicken_dynamodb()
    _leave_unsigned()


def _quicken_botocore() -> None:
    _replace(session, create_loader=cache(vars(session)["create_loader"]))
    _replace(Loader, __init__=_loader_with_what_others_read)
    _replace(utils, _parse_timestamp_with_tzinfo=cache(vars(utils)["_parse_timestamp_with_tzinfo"]))
    _replace(useragent.UserAgentString, to_string=lambda self: "Boto3")
    _replace(EventAliaser, _alias_event_name=_alias_once)
    _replace(httpsession, create_urllib3_context=cache(vars(httpsession)["create_urllib3_context"]))


def _quicken_moto() -> None:
    _replace(BackendDict, _create_account_specific_backend=_backend_made_once)
    _replace(Request, from_primitives=classmethod(_request))
    _replace(kms, generate_private_key=cache(vars(kms)["generate_private_key"]))
    _replace(BaseBackend, urls=property(_urls_once))
    _replace(backends, list_of_moto_modules=lambda: _modules)
    ours_first = sorted(backend_index.backend_url_patterns, key=lambda each: each[0] not in OURS)
    _replace(backend_index, backend_url_patterns=ours_first)
    _replace(
        responses.BaseResponse,
        get_current_account=lambda self: DEFAULT_ACCOUNT_ID,
        _enrich_response=staticmethod(_with_request_id),
    )
    _replace(responses, method_names_from_class=cache(vars(responses)["method_names_from_class"]))
    _replace(Stack, parse_template=staticmethod(json.loads))
    _replace(sqs, unix_time_millis=lambda: time() * 1000)
    _replace(sqs.SQSBackend, is_message_valid_based_on_retention_period=_is_retained)


def _quicken_dynamodb() -> None:
    _replace(BaseJSONSerializer, _serialize_type_structure=_plain_or_structure)
    _replace(Table, query=_query_of_a_part, __deepcopy__=_table_with_its_items)
    _replace(Item, __init__=_item_weighed_once, project=_attributes_alone)
    updates: Any = vars(expressions)["UpdateExpressionParser"]
    _replace(updates, make=staticmethod(cache(updates.make)))
    _replace(DynamoResult, execute_result=_items_as_they_are)


def _leave_unsigned() -> None:
    unsigned: dict[str, Any] = {
        "headers_to_sign": lambda self, request: SIGNED,
        "canonical_request": lambda self, request: "",
        "string_to_sign": lambda self, request, canonical: "",
        "signature": lambda self, string, request: "0" * 64,
    }
    # The signature of an address and of a form is checked: by the local stack.
    for checked in (SigV4QueryAuth, S3SigV4PostAuth):
        _replace(checked, **{name: getattr(checked, name) for name in unsigned})
    _replace(SigV4Auth, **unsigned)


def _replace(owner: Any, **parts: Any) -> None:
    for name, part in parts.items():
        setattr(owner, name, part)


def _loader_with_what_others_read(loader: Any, *given: Any, **named: Any) -> None:
    _new_loader(loader, *given, **named)
    # moto's loader adds to botocore's descriptions what it needs itself.
    loader._cache = _descriptions[type(loader), type(loader.file_loader)]


def _backend_made_once(backends_of: Any, account_id: str) -> None:
    is_listed = any(each is backends_of for each in _every_backend)
    if not is_listed or not dict.__contains__(backends_of, account_id):
        _new_backend(backends_of, account_id)


def _request(kind: Any, method: str, url: str, headers: Any, body: Any = None) -> Any:
    """The SDK's request in the form of WSGI; no header is in it twice."""
    content, called = _bytes(body), urlsplit(url)
    return kind(
        {
            _variable(name): _text(value)
            for name, value in headers.items()
            if name.lower() != "transfer-encoding"
        }
        | {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(called.path).decode("latin1"),
            "QUERY_STRING": called.query,
            "RAW_URI": called.path,
            "SERVER_NAME": called.hostname,
            "SERVER_PORT": str(called.port or 443),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": called.netloc,
            "CONTENT_LENGTH": str(len(content)),
            "wsgi.url_scheme": called.scheme,
            "wsgi.input": BytesIO(content),
        }
    )


@cache
def _variable(header: str) -> str:
    return environ_key_for_header(header)


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _bytes(body: Any) -> bytes:
    content = body.read() if hasattr(body, "read") else body or b""
    return content.encode() if isinstance(content, str) else bytes(content)


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


def _table_with_its_items(table: Any, _: Any) -> Any:
    """The state before a transaction, to go back to: our transactions replace whole items."""
    made = copy(table)
    made.items = defaultdict(dict, {key: dict(items) for key, items in table.items.items()})
    return made


def _item_weighed_once(item: Any, hash_key: Any, range_key: Any, attrs: dict[str, Any]) -> None:
    """An item whose size is added up once, not for each of its attributes."""
    item.hash_key, item.range_key = hash_key, range_key
    item.attrs = LimitedSizeDict({name: DynamoType(value) for name, value in attrs.items()})
    if item.size() > MOST_OF_AN_ITEM:
        raise ItemSizeTooLarge


def _attributes_alone(item: Item, wanted: list[list[str]]) -> Item:
    """The item with these attributes; one within another attribute is left to moto."""
    if any(len(path) > 1 or "[" in path[0] for path in wanted):
        return _project(item, wanted)
    made, kept = copy(item), {name: item.attrs[name] for [name] in wanted if name in item.attrs}
    made.attrs = LimitedSizeDict(kept)
    return made


def _alias_once(aliaser: Any, event_name: str) -> str:
    if event_name not in _aliases:
        _aliases[event_name] = _alias(aliaser, event_name)
    return _aliases[event_name]


def _items_as_they_are(result: Any, context: Any) -> Any:
    """Items in JSON without a look at the description of each of their values."""
    if context.operation_model.name not in OF_ITEMS or isinstance(result.result, Exception):
        return _executed(result, context)
    given = {name: value for name, value in result.result.items() if value is not None}
    body = json.dumps(given, default=lambda value: b64encode(value).decode())
    return 200, {"Content-Type": "application/x-amz-json-1.0"}, body


def _with_request_id(headers: dict[str, Any], body: Any) -> tuple[dict[str, Any], Any]:
    given = {"status": str(headers["status"])} if "status" in headers else {}
    return headers | given | {"x-amzn-requestid": REQUEST_ID}, body


def _is_retained(backend: Any, queue_name: str, message: Any) -> bool:
    kept_for_s = backend.get_queue(queue_name).message_retention_period
    return bool(kept_for_s + message.sent_timestamp / 1000 > time())
