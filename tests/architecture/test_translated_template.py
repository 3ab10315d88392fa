"""The template as CloudFormation gets it, after AWS's own translation of SAM: valid, and within the
limits that AWS checks only when it deploys."""

import copy
import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from samtranslator.translator.transform import transform

from infra.template import deployed_template

MOST_RESOURCES, MOST_PARAMETERS, MOST_OUTPUTS = 500, 200, 200
MOST_TEMPLATE_BYTES = 1_000_000
MOST_POLICY_CHARACTERS = 10_240
"""AWS's quotas of CloudFormation and IAM (all inline policies of a role), read 2026."""
HALF = 0.5
"""The share of a limit that we use at most, but for the number of resources."""
ROOM = 150
"""Resources for twenty functions more; before that the stack has to be divided."""
Json = dict[str, Any]


class NoManagedPolicies:
    """AWS's managed policies, of which the template names none."""

    def load(self) -> dict[str, str]:
        return {}


@cache
def translated() -> Json:
    """The template that CloudFormation executes."""
    template = copy.deepcopy(deployed_template())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            # `aws cloudformation package` puts the zip there.
            resource["Properties"]["CodeUri"] = "s3://bucket/deployment.zip"
    defaults = {
        name: str(each.get("Default", "x")) for name, each in template["Parameters"].items()
    }
    found: Json = transform(template, defaults, NoManagedPolicies())
    return found


def of_type(kind: str) -> dict[str, Json]:
    resources = translated()["Resources"].items()
    return {name: each["Properties"] for name, each in resources if each["Type"] == kind}


def policy_characters(role: Json) -> int:
    """The size of a role's own policies as IAM gets them: without white space, which is not
    counted, and with the longer value of each condition."""
    documents = [longest(each["PolicyDocument"]) for each in role.get("Policies", [])]
    return sum(len(compact(each)) for each in documents)


def longest(part: Any) -> Any:
    """The part of a template with the longer value of each Fn::If."""
    match part:
        case {"Fn::If": [_, first, second]}:
            return max(longest(first), longest(second), key=lambda each: len(compact(each)))
        case dict():
            return {key: longest(value) for key, value in part.items()}
        case list():
            return [longest(each) for each in part]
    return part


def compact(part: Any) -> str:
    return json.dumps(part, separators=(",", ":"))


def test_nothing_of_sam_is_left() -> None:
    types = {each["Type"] for each in translated()["Resources"].values()}
    assert {each for each in types if each.startswith("AWS::Serverless")} == set()
    assert "Transform" not in translated()


def test_template_is_within_the_limits_of_cloudformation() -> None:
    template = translated()
    assert len(template["Resources"]) <= MOST_RESOURCES - ROOM
    assert len(template["Parameters"]) <= HALF * MOST_PARAMETERS
    assert len(template["Outputs"]) <= HALF * MOST_OUTPUTS
    size = len(json.dumps(template, separators=(",", ":")).encode())
    assert size <= HALF * MOST_TEMPLATE_BYTES


def test_policies_of_each_role_are_within_their_limit() -> None:
    sizes = {name: policy_characters(each) for name, each in of_type("AWS::IAM::Role").items()}
    assert len(sizes) > 30
    assert {name: n for name, n in sizes.items() if n > 0.8 * MOST_POLICY_CHARACTERS} == {}


def test_every_function_has_a_role_and_every_source_a_function_that_exist() -> None:
    resources = translated()["Resources"]
    for each in of_type("AWS::Lambda::Function").values():
        assert resources[each["Role"]["Fn::GetAtt"][0]]["Type"] == "AWS::IAM::Role"
    sources = of_type("AWS::Lambda::EventSourceMapping")
    assert len(sources) > 10
    for each in sources.values():
        named = each["FunctionName"]["Ref"]
        assert resources[named]["Type"] in ("AWS::Lambda::Function", "AWS::Lambda::Alias")


def test_check_of_a_release_calls_the_new_version_and_codedeploy_calls_the_check() -> None:
    resources = translated()["Resources"]
    alias, check = resources["APIHandlerAliaslive"], resources["CheckRelease"]["Properties"]
    release = alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
    assert release["BeforeAllowTrafficHook"] == {"Ref": "CheckRelease"}
    version = check["Environment"]["Variables"]["CHECKED_VERSION"]["Ref"]
    assert resources[version]["Type"] == "AWS::Lambda::Version"
    assert alias["Properties"]["FunctionVersion"]["Fn::GetAtt"][0] == version
    of = [release[each]["Ref"] for each in ("ApplicationName", "DeploymentGroupName")]
    assert of == ["ServerlessDeploymentApplication", "APIHandlerDeploymentGroup"]
    (policy,) = resources["CheckReleaseRole"]["Properties"]["Policies"]
    assert f"deploymentgroup:${{{of[0]}}}/${{{of[1]}}}" in json.dumps(policy)


def lint(template: Json, folder: Path) -> str:
    """What cfn-lint says of it."""
    path = folder / "template.json"
    path.write_text(json.dumps(template), encoding="utf-8")
    command = [str(Path(sys.executable).parent / "cfn-lint"), str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


@pytest.mark.exhaustive
def test_translated_template_is_valid(tmp_path: Path) -> None:
    """It takes eight seconds of CPU; `make test` checks the template before its translation."""
    assert lint(translated(), tmp_path) == ""


def test_policy_is_measured_without_white_space() -> None:
    assert policy_characters({"Policies": [{"PolicyDocument": {"a": [1, 2]}}]}) == 11


def test_policy_is_measured_with_the_longer_value_of_a_condition() -> None:
    document = {"a": {"Fn::If": ["Own", {"Ref": "x"}, "arn:aws:dynamodb"]}}
    assert policy_characters({"Policies": [{"PolicyDocument": document}]}) == len(
        '{"a":"arn:aws:dynamodb"}'
    )
