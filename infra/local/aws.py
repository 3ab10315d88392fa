"""AWS in this process: moto under one lock, given the same template that an account gets.

moto's stores are not safe under threads (acknowledged writes get lost), so everything that
reaches it passes one lock, from inside this process or through its HTTP endpoint.
"""

import json
import os
import threading
from collections.abc import Iterable
from functools import wraps
from typing import Any

import boto3
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from infra.resources import template

REGION = "eu-west-2"
HONOURED = frozenset(("AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::S3::Bucket"))
"""The resource types that moto creates as declared. moto skips what it does not know in silence,
so anything else is refused here."""

FOREIGN = ("AWS_PROFILE", "AWS_ENDPOINT_URL")
"""Variables that would lead past moto."""

_LOCK = threading.RLock()


def start_moto() -> Any:
    """Replaces AWS by moto in this process until `.stop()` is called on what this returns."""
    os.environ["AWS_DEFAULT_REGION"] = REGION
    for name in [name for name in os.environ if name.startswith(FOREIGN)]:
        del os.environ[name]
    _lock_moto()
    mock = mock_aws()
    mock.start()
    return mock


def create_resources() -> dict[str, str]:
    """Creates the template's resources through CloudFormation. Answers its outputs."""
    wanted = template()
    for name, resource in wanted["Resources"].items():
        if resource["Type"] not in HONOURED:
            raise RuntimeError(
                f"The local stack does not know how to honour {name} ({resource['Type']}): "
                "teach infra/local/aws.py to create it."
            )
    cloudformation = boto3.client("cloudformation")
    cloudformation.create_stack(StackName="ginnel", TemplateBody=json.dumps(wanted))
    stack = cloudformation.describe_stacks(StackName="ginnel")["Stacks"][0]
    if stack["StackStatus"] != "CREATE_COMPLETE":
        raise RuntimeError(f"The local stack was not created: {stack['StackStatus']}")
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def endpoint(host: str, port: int) -> BaseWSGIServer:
    """A server through which other processes reach the same moto; port 0 takes a free one."""
    application = DomainDispatcherApplication(create_backend_app)

    def locked(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with _LOCK:
            return [b"".join(application(environ, start_response))]

    return make_server(host, port, locked, threaded=True, request_handler=_Quiet)


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Says nothing of each request."""


def _lock_moto() -> None:
    process = BotocoreStubber.process_request
    if hasattr(process, "__wrapped__"):
        return

    @wraps(process)
    def locked(self: BotocoreStubber, request: Any) -> Any:
        with _LOCK:
            return process(self, request)

    BotocoreStubber.process_request = locked  # type: ignore[method-assign]
