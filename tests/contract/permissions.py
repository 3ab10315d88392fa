"""The permissions that a function needs, recorded from its AWS calls at the botocore seam, and
those that its policy grants.

Both are sets of pairs: an IAM action and a resource by its name in the template, such as
("dynamodb:Query", "ReportsTable/index/by-tile"). Which action an operation needs: AWS's Service
Authorization Reference, read in 2026.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.conftest import ROOT
from tests.support.in_turn import calls_in_turn
from tests.support.seam import Answer, Try, hook_tries

Need = tuple[str, str]
POLICIES = ROOT / ".chalice" / "policies"
API = "api_handler"
API_GROUP = "deployment group of the API"
FUNCTIONS = frozenset(path.stem for path in POLICIES.glob("*.json"))
JSON_RESOURCE = {
    "dynamodb": "TableName",
    "sqs": "QueueUrl",
    "secretsmanager": "SecretId",
}


class Needs:
    """The recorded needs of each function; `names` maps physical names to those of the template."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.of: dict[str, set[Need]] = defaultdict(set)
        self._names = names

    @contextmanager
    def recorded(self) -> Iterator[None]:
        """Record every call that a function makes inside the context as its need. Calls that it
        makes in parallel are made in its own thread, whose stack names it."""

        def hook(this: Try, answer: Answer) -> Any:
            if function := _function_on_the_stack():
                self.of[function] |= set(self._needs(this))
            return answer()

        with hook_tries(hook), calls_in_turn():
            yield

    def note_signed(self, function: str, action: str, url: str, key: str = "") -> None:
        """Record the action of a presigned URL: a function can only delegate permissions that it
        has."""
        bucket, _, path = unquote(urlsplit(url).path).lstrip("/").partition("/")
        bucket, _, path = path.partition("/") if bucket == "_s3" else (bucket, "", path)
        self.of[function].add((action, f"{self._names[bucket]}/{key or path}"))

    def _needs(self, this: Try) -> Iterator[Need]:
        service, operation = this.operation.replace("secrets-manager", "secretsmanager").split(".")
        if service == "s3":
            yield from self._s3_needs(operation, this)
        elif service == "cloudfront":
            distribution = this.url.split("/distribution/")[1].partition("/")[0]
            yield f"cloudfront:{operation}", f"{self._names[distribution]}"
        elif service == "lambda":
            # A version's name ends with the function's and its own number.
            named = unquote(this.url).partition(":function:")[2].partition("/")[0]
            yield "lambda:InvokeFunction", named
        elif service == "codedeploy":
            yield f"codedeploy:{operation}", API_GROUP
        elif service == "sesv2":
            # A raw mail needs the action of the older API, too.
            tells = b'"ConfigurationSetName"' in this.body
            used = ("MailDomain", "configuration-set") if tells else ("MailDomain",)
            yield from ((f"ses:Send{how}Email", each) for how in ("", "Raw") for each in used)
        elif service == "sns":
            # A phone number is not a resource.
            yield f"sns:{operation}", "*"
        else:
            yield from self._json_needs(service, operation, json.loads(this.body))

    def _json_needs(self, service: str, operation: str, body: Any) -> Iterator[Need]:
        action = {"SendMessageBatch": "SendMessage"}.get(operation, operation)
        if operation in ("BatchGetItem", "BatchWriteItem"):
            for table in body["RequestItems"]:
                yield f"{service}:{action}", self._names[table]
            return
        if operation == "TransactWriteItems":
            for each in body["TransactItems"]:
                ((kind, asked),) = each.items()
                yield f"{service}:{kind}Item", self._names[asked["TableName"]]
            return
        name = self._names[body[JSON_RESOURCE[service]]]
        index = f"/index/{body['IndexName']}" if "IndexName" in body else ""
        yield f"{service}:{action}", name + index

    def _s3_needs(self, operation: str, this: Try) -> Iterator[Need]:
        address = urlsplit(this.url)
        # The bucket is in the path or in the host name.
        path = unquote(address.path).lstrip("/")
        host = str(address.hostname).split(".s3")[0]
        bucket, _, key = (host, "", path) if host in self._names else path.partition("/")
        name, query = self._names[bucket], parse_qs(address.query, keep_blank_values=True)
        if operation in ("ListObjectsV2", "ListObjectVersions"):
            versions = operation == "ListObjectVersions"
            yield "s3:ListBucketVersions" if versions else "s3:ListBucket", name
            return
        if operation == "DeleteObjects":
            for found in re.findall(rb"<Key>([^<]+)</Key>", this.body):
                yield "s3:DeleteObject", f"{name}/{found.decode()}"
            return
        if operation == "CopyObject":
            yield "s3:PutObject", f"{name}/{key}"
            source, _, copied = unquote(_text(this.headers["x-amz-copy-source"])).partition("/")
            yield "s3:GetObject", f"{self._names[source]}/{copied}"
            yield "s3:ListBucket", self._names[source]
            return
        version = "Version" if "versionId" in query else ""
        yield f"s3:{operation}{version}", f"{name}/{key}"
        if operation == "GetObject":
            # Without this permission, S3 answers 403 instead of 404 for a missing key.
            yield "s3:ListBucket", name


def _text(header: Any) -> str:
    return header.decode() if isinstance(header, bytes) else str(header)


def _function_on_the_stack() -> str | None:
    """The running event handler, or the API; None if a test or the pump makes the call."""
    frame = sys._getframe()
    while frame := frame.f_back:  # type: ignore[assignment]
        module, name = frame.f_globals.get("__name__", ""), frame.f_code.co_name
        if module.startswith("chalicelib.handlers.") and name in FUNCTIONS:
            return name
        if module == "chalicelib.handlers.http.routes":
            return API
    return None


def granted(function: str) -> set[Need]:
    """The grants of a function's policy, except those for its log."""
    return {each for each in _grants(function) if not each[0].startswith("logs:")}


def logs_granted(function: str) -> set[Need]:
    return _grants(function) - granted(function)


def _grants(function: str) -> set[Need]:
    policy = json.loads((POLICIES / f"{function}.json").read_text(encoding="utf-8"))
    grants: set[Need] = set()
    for statement in policy["Statement"]:
        assert set(statement) == {"Effect", "Action", "Resource"}, statement
        assert statement["Effect"] == "Allow", statement
        for action in statement["Action"]:
            for resource in statement["Resource"]:
                grants.add((action, _named(resource)))
    return grants


def is_granted(need: Need, grants: set[Need]) -> bool:
    return any(need[0] == action and fnmatchcase(need[1], pattern) for action, pattern in grants)


def beyond(needs: set[Need], grants: set[Need]) -> set[Need]:
    """The grants that no call needed."""
    return {
        grant
        for grant in grants
        if not any(need[0] == grant[0] and fnmatchcase(need[1], grant[1]) for need in needs)
    }


def _named(resource: Any) -> str:
    """A resource by its name in the template."""
    if resource == "*":
        return "*"
    if "Ref" in resource:
        return str(resource["Ref"])
    if "Fn::GetAtt" in resource:
        name, attribute = resource["Fn::GetAtt"]
        return str(name) + ("/stream" if attribute == "StreamArn" else "")
    text = str(resource["Fn::Sub"])
    if found := re.fullmatch(r"\$\{(\w+)\.Arn\}(.*)", text):
        return found[1] + found[2]
    if found := re.search(r":(?:distribution|identity)/\$\{(\w+)\}$", text):
        return found[1]
    kinds = {"configuration-set": ":configuration-set/", API_GROUP: "{APIHandlerDeploymentGroup}"}
    return next((kind for kind, part in kinds.items() if part in text), text)
