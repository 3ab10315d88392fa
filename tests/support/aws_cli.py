"""The AWS CLI's commands, as calls of botocore: whether a command exists with these options, and
what it answers."""

import json
from typing import Any

import boto3
import botocore.session
import jmespath  # type: ignore[import-untyped]
from botocore import xform_name

REGION = "eu-west-2"
SERVICES = {"deploy": "codedeploy"}
"""Services that the CLI calls otherwise than botocore."""
EVERYWHERE = {"query", "output", "region", "profile"}
OWN_OF_CLI = {
    ("s3", "mb"): set[str](),
    ("s3", "rm"): {"recursive"},
    ("s3", "sync"): set[str](),
    ("s3", "cp"): {"recursive"},
    ("cloudformation", "package"): {"template-file", "s3-bucket", "output-template-file"}
    | {"use-json"},
    ("cloudformation", "deploy"): {"template-file", "s3-bucket", "stack-name", "capabilities"}
    | {"parameter-overrides"},
}
"""Commands that the CLI makes of several calls, with their options."""


class UnknownCommand(Exception):
    """The AWS CLI has no such command, or it has no such option."""


def parse_options(words: list[str]) -> dict[str, list[str]]:
    """The options with their values."""
    options: dict[str, list[str]] = {}
    values: list[str] = []
    for word in words:
        if word.startswith("--"):
            name, is_assigned, value = word.removeprefix("--").partition("=")
            values = options.setdefault(name, [value] if is_assigned else [])
        else:
            values.append(word)
    return options


def check_command(words: list[str]) -> None:
    """Raises UnknownCommand if the CLI refuses `aws <words>`."""
    service, operation = words[:2]
    options = parse_options(words[2:])
    if (service, operation) in OWN_OF_CLI:
        unknown = options.keys() - OWN_OF_CLI[service, operation] - EVERYWHERE
    elif operation == "wait":
        client = boto3.client(service, REGION)  # type: ignore[call-overload]
        if words[2].replace("-", "_") not in client.waiter_names:
            raise UnknownCommand(" ".join(words[:3]))
        return
    else:
        unknown = options.keys() - set(_members(service, operation)) - EVERYWHERE
    if unknown:
        raise UnknownCommand(f"{service} {operation} has no {sorted(unknown)}")


def run_command(words: list[str]) -> str:
    """Does what `aws <words>` does. Returns what it prints."""
    service, operation = words[:2]
    client = boto3.client(service, REGION)  # type: ignore[call-overload]
    if operation == "wait":
        members = _arguments(service, None, parse_options(words[3:]))
        client.get_waiter(words[2].replace("-", "_")).wait(**members)
        return ""
    options = parse_options(words[2:])
    arguments = _arguments(service, operation, options)
    answer: Any = getattr(client, operation.replace("-", "_"))(**arguments)
    answer.pop("ResponseMetadata", None)
    if query := options.get("query"):
        answer = jmespath.search(query[0], answer)
    if options.get("output") == ["text"]:
        return "\t".join(map(str, answer)) if isinstance(answer, list) else f"{answer}"
    return json.dumps(answer, default=str)


def _arguments(
    service: str, operation: str | None, options: dict[str, list[str]]
) -> dict[str, Any]:
    own = {name: values for name, values in options.items() if name not in EVERYWHERE}
    if operation is None:
        return {"".join(p.title() for p in name.split("-")): v[0] for name, v in own.items()}
    members = _members(service, operation)
    found: dict[str, Any] = {}
    for name, values in own.items():
        member, kind = members[name]
        if kind == "boolean":
            found[member] = not name.startswith("no-")
        elif kind == "list":
            found[member] = values
        else:
            found[member] = values[0]
    return found


def _members(service: str, operation: str) -> dict[str, tuple[str, str]]:
    """The options of an operation, with the names and types of what they set."""
    try:
        model = botocore.session.get_session().get_service_model(SERVICES.get(service, service))
    except botocore.exceptions.UnknownServiceError as error:
        raise UnknownCommand(service) from error
    names = {xform_name(name, "-"): name for name in model.operation_names}
    if operation not in names:
        raise UnknownCommand(f"{service} {operation}")
    shape = model.operation_model(names[operation]).input_shape
    found: dict[str, tuple[str, str]] = {}
    for member, of in (shape.members if shape else {}).items():
        option = xform_name(member, "-")
        found[option] = (member, of.type_name)
        if of.type_name == "boolean":
            found[f"no-{option}"] = (member, of.type_name)
    return found
