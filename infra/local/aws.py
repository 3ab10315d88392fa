"""AWS in this process: moto under one lock, with the same template as an account.

moto's stores are not safe under threads (acknowledged writes get lost), so everything that
reaches it passes one lock, from inside this process or through its HTTP endpoint.
"""

import json
import os
import threading
from collections.abc import Iterable, Mapping
from functools import wraps
from typing import Any

import boto3
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from infra.local import quick_moto
from infra.resources import SECRET, template

REGION = "eu-west-2"
STACK = "ginnel"
BY_MOTO = frozenset(("AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::S3::Bucket"))
"""The resource types that moto creates as declared. It silently skips unknown ones: secrets are
created here, and anything else is refused."""
LEFT_OUT = frozenset(("AWS::SQS::QueuePolicy",))
"""Left out deliberately: moto lets anyone send to a queue, and nobody else reaches this one. The
tests read the policy in the template."""

FOREIGN = ("AWS_PROFILE", "AWS_ENDPOINT_URL")
"""Variables that would bypass moto."""

_LOCK = threading.RLock()


def start_moto() -> Any:
    """Replaces AWS by moto in this process until `.stop()` is called on the result."""
    os.environ["AWS_DEFAULT_REGION"] = REGION
    for name in [name for name in os.environ if name.startswith(FOREIGN)]:
        del os.environ[name]
    quick_moto.install()
    _lock_moto()
    mock = mock_aws()
    mock.start()
    return mock


def create_resources(secrets: Mapping[str, str]) -> dict[str, str]:
    """Creates the template's resources, secrets with the given values. Returns its outputs."""
    wanted = template()
    _refuse_unknown(wanted["Resources"])
    outputs = _create_stack(wanted)
    _complete_buckets(wanted["Resources"])
    arns = _create_secrets(secrets)
    return outputs | {
        output: arns[described["Value"]["Ref"]]
        for output, described in wanted["Outputs"].items()
        if _is_of_secret(described, wanted["Resources"])
    }


def _refuse_unknown(resources: dict[str, Any]) -> None:
    for name, resource in resources.items():
        if resource["Type"] not in BY_MOTO | LEFT_OUT | {SECRET}:
            raise RuntimeError(
                f"The local stack cannot create {name} ({resource['Type']}): add it to "
                "infra/local/aws.py."
            )


def _create_stack(wanted: dict[str, Any]) -> dict[str, str]:
    """Creates the resources that moto supports, through CloudFormation. Returns the outputs."""
    cloudformation = boto3.client("cloudformation")
    # moto fails on references to a skipped resource, so those are left out of its template.
    created = {
        name: {key: value for key, value in resource.items() if key != "DependsOn"}
        for name, resource in wanted["Resources"].items()
        if resource["Type"] in BY_MOTO
    }
    outputs = {
        name: output
        for name, output in wanted["Outputs"].items()
        if not _is_of_secret(output, wanted["Resources"])
    }
    body = json.dumps(wanted | {"Resources": created, "Outputs": outputs})
    everywhere = {"ParameterKey": "SiteUrl", "ParameterValue": "*"}
    cloudformation.create_stack(StackName=STACK, TemplateBody=body, Parameters=[everywhere])
    stack = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
    if stack["StackStatus"] != "CREATE_COMPLETE":
        raise RuntimeError(f"The local stack was not created: {stack['StackStatus']}")
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _is_of_secret(output: dict[str, Any], resources: dict[str, Any]) -> bool:
    named: dict[str, Any] = resources.get(output["Value"].get("Ref"), {})
    return named.get("Type") == SECRET


def _create_secrets(values: Mapping[str, str]) -> dict[str, str]:
    """The secrets' ARNs by their names in the template."""
    client = boto3.client("secretsmanager")
    return {
        name: client.create_secret(Name=f"{STACK}-{name}", SecretString=value)["ARN"]
        for name, value in values.items()
    }


def _complete_buckets(resources: dict[str, Any]) -> None:
    """Sets the properties of buckets that moto ignores in the template."""
    s3, made = boto3.client("s3"), _physical_ids()
    for name, resource in resources.items():
        if resource["Type"] != "AWS::S3::Bucket":
            continue
        properties = resource["Properties"]
        if versioning := properties.get("VersioningConfiguration"):
            s3.put_bucket_versioning(Bucket=made[name], VersioningConfiguration=versioning)
        if notifications := properties.get("NotificationConfiguration"):
            s3.put_bucket_notification_configuration(
                Bucket=made[name],
                NotificationConfiguration={
                    "QueueConfigurations": [
                        {"Events": [each["Event"]], "QueueArn": _queue_arn(made, each["Queue"])}
                        for each in notifications["QueueConfigurations"]
                    ]
                },
            )


def _physical_ids() -> dict[str, str]:
    """The physical names of the stack's resources, by their names in the template."""
    listed = boto3.client("cloudformation").describe_stack_resources(StackName=STACK)
    return {
        each["LogicalResourceId"]: each["PhysicalResourceId"] for each in listed["StackResources"]
    }


def _queue_arn(made: Mapping[str, str], reference: dict[str, Any]) -> str:
    logical, _ = reference["Fn::GetAtt"]
    asked = boto3.client("sqs").get_queue_attributes(
        QueueUrl=made[logical], AttributeNames=["QueueArn"]
    )
    return asked["Attributes"]["QueueArn"]


def moto_server(host: str, port: int) -> BaseWSGIServer:
    """A server through which other processes reach the same moto; port 0 chooses a free one."""
    application = DomainDispatcherApplication(create_backend_app)

    def call_with_lock(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with _LOCK:
            return [b"".join(application(environ, start_response))]

    return make_server(host, port, call_with_lock, threaded=True, request_handler=_Quiet)


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Does not log each request."""


def _lock_moto() -> None:
    process = BotocoreStubber.process_request
    if hasattr(process, "__wrapped__"):
        return

    @wraps(process)
    def call_with_lock(self: BotocoreStubber, request: Any) -> Any:
        with _LOCK:
            return process(self, request)

    BotocoreStubber.process_request = call_with_lock  # type: ignore[method-assign]
