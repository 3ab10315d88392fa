"""Nobody edits the audit log: no function may do more with its table than put and query, and the
code puts nothing in the place of what is there."""

import ast
import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest

from infra.template import merged_fragments
from tests.architecture.test_template import PROTECTED
from tests.conftest import ROOT

TABLE = "AuditTable"
ALLOWED = {"dynamodb:PutItem", "dynamodb:Query"}
POLICIES = sorted((ROOT / ".chalice" / "policies").glob("*.json"))
STORE = ROOT / "chalicelib" / "accounts" / "dynamo" / "audit.py"
CHANGES = {"update", "delete", "batch_write", "put", "TransactWrite"}


def beyond(policy: dict[str, Any]) -> Iterator[str]:
    """What a policy lets a function do with the log besides putting and querying."""
    for statement in policy["Statement"]:
        resources = json.dumps(statement["Resource"])
        if TABLE in resources or "table/*" in resources:
            yield from set(statement["Action"]) - ALLOWED
        if statement["Resource"] in ("*", ["*"]):
            changing = ("dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:PutItem")
            yield from (
                action
                for action in statement["Action"]
                if any(fnmatchcase(each, action) for each in changing)
            )


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_functions_may_only_put_and_query_the_log(path: Any) -> None:
    assert set(beyond(json.loads(path.read_text(encoding="utf-8")))) == set()


def test_some_functions_may_put_and_query() -> None:
    granted = {
        action
        for path in POLICIES
        for statement in json.loads(path.read_text(encoding="utf-8"))["Statement"]
        if TABLE in json.dumps(statement["Resource"])
        for action in statement["Action"]
    }
    assert granted == ALLOWED


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("dynamodb:UpdateItem", [{"Fn::GetAtt": [TABLE, "Arn"]}]),
        ("dynamodb:DeleteItem", [{"Fn::Sub": f"${{{TABLE}.Arn}}"}]),
        ("dynamodb:BatchWriteItem", [{"Fn::GetAtt": [TABLE, "Arn"]}]),
        ("dynamodb:*", ["*"]),
        ("dynamodb:DeleteItem", [{"Fn::Sub": "arn:aws:dynamodb:eu-west-2:1:table/*"}]),
    ],
)
def test_policy_is_detected_when_it_grants_more(action: str, resource: Any) -> None:
    planted = {"Statement": [{"Effect": "Allow", "Action": [action], "Resource": resource}]}
    assert list(beyond(planted)) == [action]


def test_entries_never_expire_and_the_table_cannot_be_deleted() -> None:
    table = merged_fragments()["Resources"][TABLE]
    assert "TimeToLiveSpecification" not in table["Properties"]
    assert table["Properties"]["DeletionProtectionEnabled"] == PROTECTED
    assert table["Properties"]["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]


def careless(source: str) -> set[str]:
    """Calls in the store that change what is there: a `save` needs its condition."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    named = [(node, node.func.attr) for node in calls if isinstance(node.func, ast.Attribute)]
    unconditional = {name for node, name in named if name == "save" and not node.args}
    return {name for _, name in named if name in CHANGES} | unconditional


def test_store_never_replaces_an_entry() -> None:
    assert careless(STORE.read_text(encoding="utf-8")) == set()
    assert careless("item.save()\nitem.delete()\nitem.update([x])") == {"save", "delete", "update"}


def test_only_the_store_names_the_table() -> None:
    others = [
        path
        for path in (ROOT / "chalicelib").rglob("*.py")
        if path != STORE and "AuditItem" in path.read_text(encoding="utf-8")
    ]
    assert others == []
