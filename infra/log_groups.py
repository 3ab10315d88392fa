"""The log groups of a deployment: one for the functions of each slice, and one for the accesses to
the API (ADR 99)."""

import json
from typing import Any

from infra.cloudwatch import Resources

KEPT_DAYS = 30
ACCESS_LOG, ACCESS_ROLE, ACCOUNT = "AccessLogs", "ApiGatewayLogRole", "ApiGatewayAccount"
ACCESS_FIELDS = {
    "time": "$context.requestTimeEpoch",
    "gateway_request_id": "$context.requestId",
    "lambda_request_id": "$context.integration.requestId",
    "support_id": "$context.extendedRequestId",
    "method": "$context.httpMethod",
    "route": "$context.resourcePath",
    "status": "$context.status",
    "refusal": "$context.error.responseType",
    "bytes": "$context.responseLength",
    "duration_ms": "$context.responseLatency",
}
"""A line of the access log. A route is a pattern: paths have tokens in them, and neither network
addresses nor what callers typed is logged.
Source: API Gateway Developer Guide, "Variables for access logging for API Gateway", read 2026-11.
"""
KEPT = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}


def share_log_groups(resources: Resources) -> None:
    """Gives the functions of each slice one log group: a query of Logs Insights reads at most
    50."""
    groups: Resources = {}
    for resource in resources.values():
        if resource["Type"] == "AWS::Serverless::Function":
            area = slice_of(resource["Properties"]["Handler"])
            name = f"{area.title()}Logs"
            groups[name] = _log_group(area)
            resource["Properties"]["LoggingConfig"] = {"LogGroup": {"Ref": name}}
    resources |= groups


def slice_of(handler: str) -> str:
    """The folder of `chalicelib/handlers/` that has the handler; `api` for the API's."""
    return handler.split(".")[2]


def log_accesses(resources: Resources) -> None:
    """Makes API Gateway log each call of the API, also what it refuses itself."""
    resources |= {
        ACCESS_LOG: _log_group("access"),
        # Both belong to the account and region: other stacks' APIs log with them.
        ACCESS_ROLE: {"Type": "AWS::IAM::Role", **KEPT, "Properties": _ACCESS_ROLE},
        ACCOUNT: {
            "Type": "AWS::ApiGateway::Account",
            **KEPT,
            "Properties": {"CloudWatchRoleArn": {"Fn::GetAtt": [ACCESS_ROLE, "Arn"]}},
        },
    }
    resources["RestAPI"]["DependsOn"] = [ACCOUNT]
    resources["RestAPI"]["Properties"]["AccessLogSetting"] = {
        "DestinationArn": {"Fn::Sub": f"{_ARN}${{{ACCESS_LOG}}}"},
        "Format": json.dumps(ACCESS_FIELDS),
    }


_ARN = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:"
_POLICY = "service-role/AmazonAPIGatewayPushToCloudWatchLogs"
_ACCESS_ROLE: dict[str, Any] = {
    "AssumeRolePolicyDocument": {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "apigateway.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    },
    # API Gateway refuses a role that may do less than AWS's own.
    "ManagedPolicyArns": [{"Fn::Sub": f"arn:${{AWS::Partition}}:iam::aws:policy/{_POLICY}"}],
}


def _log_group(name: str) -> dict[str, Any]:
    return {
        "Type": "AWS::Logs::LogGroup",
        "Properties": {
            "LogGroupName": {"Fn::Sub": f"/${{AWS::StackName}}/{name}"},
            "RetentionInDays": KEPT_DAYS,
        },
    }
