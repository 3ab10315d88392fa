"""The schedules of a deployment, which EventBridge Scheduler keeps (ADR 98).

Code declares them with `@events.schedule("rate(…)")`.
"""

from collections.abc import Iterable
from typing import Any

from infra.cloudwatch import Resources
from infra.local.schedules import interval

ROLE = "SchedulesRole"
DEAD_LETTERS = {"Fn::GetAtt": ["SchedulesDeadLetterQueue", "Arn"]}
LONGEST_RETRY_S = 6 * 3600


def use_scheduler(resources: Resources) -> None:
    """Turns each rule that Chalice declares into a schedule, with one role for all of them. What a
    function fails at three times goes to the dead letters, and so does a call that never reached
    it."""
    called = []
    for name, resource in resources.items():
        events = resource.get("Properties", {}).get("Events", {})
        rules = [key for key, event in events.items() if event["Type"] == "Schedule"]
        for key in rules:
            # CloudFormation refuses another type under the name of a rule that exists.
            events["Schedule"] = _schedule(events.pop(key)["Properties"]["Schedule"])
            dead_letters = {"Type": "SQS", "TargetArn": DEAD_LETTERS}
            resource["Properties"]["DeadLetterQueue"] = dead_letters
            called.append(name)
    resources[ROLE] = _role(called)


def _schedule(rate: str) -> dict[str, Any]:
    """A schedule as SAM declares it. A call that does not reach the function is tried until the
    next one is due."""
    tried_s = min(int(interval(rate).total_seconds()), LONGEST_RETRY_S)
    return {
        "Type": "ScheduleV2",
        "Properties": {
            "ScheduleExpression": rate,
            # Two stacks in an account would have schedules of the same name.
            "OmitName": True,
            "RoleArn": {"Fn::GetAtt": [ROLE, "Arn"]},
            "RetryPolicy": {"MaximumEventAgeInSeconds": tried_s},
            "DeadLetterConfig": {"Arn": DEAD_LETTERS},
        },
    }


def _role(functions: Iterable[str]) -> dict[str, Any]:
    """The role in which Scheduler calls the functions."""
    called = [{"Fn::GetAtt": [name, "Arn"]} for name in functions]
    statements = [
        {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": called},
        {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": DEAD_LETTERS},
    ]
    trusted = {
        "Effect": "Allow",
        "Principal": {"Service": "scheduler.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
    }
    policy = {"Version": "2012-10-17", "Statement": statements}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trusted]},
            "Policies": [{"PolicyName": "CallFunctions", "PolicyDocument": policy}],
        },
    }
