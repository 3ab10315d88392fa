"""Lets a deployment use tables that were restored beside it, in place of its own.

CloudFormation does not make a table again that was deleted by hand, and cannot take one of another
name in its place. So each table has a parameter: with the ARN of a restored table the stack no
longer has a table of its own, and every function, alarm and backup uses that one (ADR 102).
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

TABLE = "AWS::DynamoDB::Table"
OWN_TABLE = "arn:aws:dynamodb:::table/own"
"""The parameter while the stack uses its own table: an ARN, which AWS's checks accept."""
OWN_STREAM = f"{OWN_TABLE}/stream/own"

Json = dict[str, Any]


def adopted_parameter(table: str) -> str:
    """The parameter that takes the ARN of a restored table. `table` is its name in the template."""
    return f"Adopted{table}"


def stream_parameter(table: str) -> str:
    """The parameter that takes the ARN of the restored table's stream."""
    return f"Adopted{table}Stream"


def with_adopted_tables(template: Mapping[str, Any]) -> Json:
    """The template with parameters that name a restored table in place of each of its own."""
    made = deepcopy(dict(template))
    tables = {name: each for name, each in made["Resources"].items() if each["Type"] == TABLE}
    live = {name: _live_values(name) for name in tables}
    made["Resources"] = {
        name: each | {"Condition": f"Own{name}"} if name in tables else _replace(each, live)
        for name, each in made["Resources"].items()
    }
    made["Outputs"] = _replace(made["Outputs"], live)
    for name, each in tables.items():
        made["Conditions"][f"Own{name}"] = {
            "Fn::Equals": [{"Ref": adopted_parameter(name)}, OWN_TABLE]
        }
        made["Parameters"] |= _parameters(name, "StreamSpecification" in each["Properties"])
    return made


def _parameters(table: str, has_stream: bool) -> Json:
    title = table.removesuffix("Table").lower()
    found = {
        adopted_parameter(table): {
            "Type": "String",
            "Default": OWN_TABLE,
            "AllowedPattern": "arn:[\\w:-]+:table/[\\w.-]+",
            "Description": f"The ARN of the restored table of {title}, which python -m infra "
            f"adopt-table prints; {OWN_TABLE} for the stack's own table",
        }
    }
    if has_stream:
        found[stream_parameter(table)] = {
            "Type": "String",
            "Default": OWN_STREAM,
            "AllowedPattern": "arn:[\\w:-]+:table/[\\w.-]+/stream/[\\w.:-]+",
            "Description": f"The ARN of the stream of the restored table of {title}",
        }
    return found


def _live_values(table: str) -> dict[str, Json]:
    """The values of the table in use: its name, ARN and stream, by the reference to its own."""
    arn: Json = {"Ref": adopted_parameter(table)}
    name = {"Fn::Select": [1, {"Fn::Split": ["/", arn]}]}
    own = {"": {"Ref": table}, "Arn": _attribute(table, "Arn")}
    other = {"": name, "Arn": arn}
    own["StreamArn"] = _attribute(table, "StreamArn")
    other["StreamArn"] = {"Ref": stream_parameter(table)}
    return {part: {"Fn::If": [f"Own{table}", value, other[part]]} for part, value in own.items()}


def _attribute(table: str, name: str) -> Json:
    return {"Fn::GetAtt": [table, name]}


def _replace(part: Any, live: Mapping[str, Mapping[str, Json]]) -> Any:
    """The part of the template with the values of `live` in place of references to tables."""
    match part:
        case {"Ref": str(name)} if name in live:
            return live[name][""]
        case {"Fn::GetAtt": [name, attribute]} if name in live:
            return live[name][attribute]
        case {"Fn::Sub": str(text)}:
            return _replace_text(text, live)
        case dict():
            return {key: _replace(value, live) for key, value in part.items()}
        case list():
            return [_replace(each, live) for each in part]
    return part


def _replace_text(text: str, live: Mapping[str, Mapping[str, Json]]) -> Json:
    named: Json = {}

    def name(found: re.Match[str]) -> str:
        table, attribute = found[1], found[2] or ""
        if table not in live:
            return found[0]
        named[f"Live{table}{attribute}"] = live[table][attribute]
        return f"${{Live{table}{attribute}}}"

    replaced = re.sub(r"\$\{(\w+)(?:\.(\w+))?\}", name, text)
    return {"Fn::Sub": [replaced, named] if named else replaced}
