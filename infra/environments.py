"""The environment of each function: the names of what its policy lets it use.

A policy grants what its function uses and nothing else (tests/contract/test_policies.py), so a
function needs no other names. What is no resource of `resources.json`, such as the domain of mail,
is in functions.json.
"""

from collections.abc import Iterator
from typing import Any

from infra.resources import SETTINGS, template

Variables = dict[str, dict[str, str]]
FED_BY = frozenset(
    f"{service}:{operation}"
    for service, operations in (
        ("dynamodb", ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")),
        ("sqs", ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")),
    )
    for operation in operations
)
"""The actions that Lambda does in a function's name, to deliver its events."""


def variables(policy: dict[str, Any]) -> Variables:
    """The settings with the names of what the policy grants, without what feeds the function."""
    statements = [each for each in policy["Statement"] if not FED_BY.issuperset(each["Action"])]
    named = {name for each in statements for name in _resources(each["Resource"])}
    return {
        setting: {"Ref": name} for setting, name in resource_of_setting().items() if name in named
    }


def resource_of_setting() -> dict[str, str]:
    """A setting → the resource of the template whose name or address it is."""
    outputs = template()["Outputs"]
    return {setting: outputs[output]["Value"]["Ref"] for setting, output in SETTINGS.items()}


def _resources(granted: list[Any]) -> Iterator[str]:
    for each in granted:
        if not isinstance(each, dict):
            continue
        if "Ref" in each:
            yield each["Ref"]
        elif "Fn::GetAtt" in each:
            yield each["Fn::GetAtt"][0]
        else:
            yield each["Fn::Sub"].partition("${")[2].partition("}")[0].partition(".")[0]
