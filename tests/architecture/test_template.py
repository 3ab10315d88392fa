"""What an account gets: the merged template is valid, safe by default, and names what code needs.

The same template as `chalice package` writes, made without gathering the code.
"""

import copy
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, get_args

import pytest
from msgspec.structs import fields

from chalicelib.alerts.sms_budget import SmsBudgetLine
from chalicelib.kernel.observability import logs
from chalicelib.photos.model import UNREAD_KEPT_FOR
from chalicelib.settings import EVERYWHERE, OPTIONAL, Settings
from infra.local.schedules import interval
from infra.redrive import QUEUES
from infra.resources import SOURCES
from infra.runtime import RUNTIME
from infra.template import merged_template
from tests.conftest import ROOT

Resource = dict[str, Any]
PLACEHOLDERS = tuple(SOURCES)
PARTIAL = ["ReportBatchItemFailures"]
MADE_BY_SAM = (
    *("APIHandler.Version", "APIHandlerDeploymentGroup"),
    "ServerlessDeploymentApplication",
)
"""test_translated_template.py finds them."""


@cache
def _made() -> dict[str, Any]:
    return merged_template()


@pytest.fixture
def template() -> dict[str, Any]:
    return copy.deepcopy(_made())


def of_type(template: dict[str, Any], kind: str) -> dict[str, Resource]:
    """The properties of every resource of that type, by name."""
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == kind
    }


def functions(template: dict[str, Any]) -> dict[str, Resource]:
    return of_type(template, "AWS::Serverless::Function")


def sources(template: dict[str, Any]) -> Iterator[tuple[str, str, Resource]]:
    """Every function with what feeds it: its name, the source's type and properties."""
    for name, function in functions(template).items():
        for source in function.get("Events", {}).values():
            yield name, source["Type"], source["Properties"]


def lint(template: dict[str, Any], folder: Path) -> str:
    """What cfn-lint says of it."""
    path = folder / "sam.json"
    path.write_text(json.dumps(template), encoding="utf-8")
    command = [str(Path(sys.executable).parent / "cfn-lint"), str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def test_template_is_valid(template: dict[str, Any], tmp_path: Path) -> None:
    assert lint(template, tmp_path) == ""


def test_template_is_detected_when_it_is_not_valid(
    template: dict[str, Any], tmp_path: Path
) -> None:
    queue = template["Resources"]["PublishQueue"]
    queue["Properties"]["VisibilityTimeout"] = "long"
    assert "is not of type 'integer'" in lint({"Resources": {"PublishQueue": queue}}, tmp_path)


def aliases(template: dict[str, Any]) -> dict[str, str]:
    """The aliases that SAM makes of functions: the alias → its function."""
    return {
        f"{name}Alias{alias}": name
        for name, function in functions(template).items()
        if (alias := function.get("AutoPublishAlias"))
    }


def dangling(template: dict[str, Any]) -> set[str]:
    """Names that something refers to and nothing has; cfn-lint misses those in a function's
    events."""
    known = {*template["Resources"], *template["Parameters"], *template.get("Conditions", {})}
    known |= {*aliases(template), *MADE_BY_SAM}
    return {name for name in _referred(template) if name not in known and "::" not in name}


def _referred(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _referred(each)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key in ("Ref", "Condition") and isinstance(inner, str):
                yield inner
            elif key == "Fn::GetAtt":
                yield inner[0]
            elif key == "Fn::Sub":
                text, own = inner if isinstance(inner, list) else (inner, {})
                names = {name.partition(".")[0] for name in re.findall(r"\$\{([^!}][^}]*)\}", text)}
                yield from names - set(own)
            yield from _referred(inner)


def test_template_refers_only_to_its_own_resources(template: dict[str, Any]) -> None:
    assert dangling(template) == set()


def test_template_is_detected_when_a_function_reads_a_missing_queue(
    template: dict[str, Any],
) -> None:
    event = template["Resources"]["Publish"]["Properties"]["Events"]["PublishSqsEventSource"]
    event["Properties"]["Queue"] = {"Fn::GetAtt": ["NoQueue", "Arn"]}
    assert dangling(template) == {"NoQueue"}


def dependencies(template: dict[str, Any]) -> dict[str, set[str]]:
    """What CloudFormation makes before each resource. SAM gives every function what the globals
    say, and makes a resource of its own of each source that feeds one."""
    found: dict[str, set[str]] = {}
    for name, resource in template["Resources"].items():
        after = resource.get("DependsOn", [])
        needs = {after} if isinstance(after, str) else {*after}
        own = dict(resource.get("Properties", {}))
        if resource["Type"] == "AWS::Serverless::Function":
            needs |= {*_referred(template["Globals"]["Function"])}
            for source, fed in own.pop("Events", {}).items():
                found[f"{name}{source}"] = {name, *_referred(fed)}
            if alias := own.get("AutoPublishAlias"):
                rollout = own.pop("DeploymentPreference")
                found[f"{name}Alias{alias}"] = {name, *_referred(rollout)}
        found[name] = needs | {*_referred(own)}
    return {name: {each for each in needs if each in found} for name, needs in found.items()}


def circle(template: dict[str, Any]) -> set[str]:
    """Resources that wait for one another, so that none of them could be made."""
    try:
        TopologicalSorter(dependencies(template)).prepare()
    except CycleError as error:
        return set(error.args[1])
    return set()


def test_no_resources_depend_on_each_other_in_a_circle(template: dict[str, Any]) -> None:
    assert circle(template) == set()
    needs = dependencies(template)
    assert {"APIHandlerAliaslive"} <= needs["RestAPI"] and {"RestAPI"} <= needs["Distribution"]
    assert {"Distribution"} <= needs["Publish"] and {"UploadsBucket"} <= needs["TakeIn"]
    assert {"PublishQueue", "Publish"} <= needs["PublishPublishSqsEventSource"]
    for name, function in functions(template).items():
        assert function["Role"]["Fn::GetAtt"][0] in needs[name]


def called_past_their_alias(template: dict[str, Any]) -> set[str]:
    """Resources that call a function with an alias by another name, so that a new version would get
    every call at once."""
    past = {*aliases(template).values()}
    callers = ("AWS::Serverless::Api", "AWS::Lambda::Permission")
    return {
        name
        for name, resource in template["Resources"].items()
        if resource["Type"] in callers and past & {*_referred(resource["Properties"])}
    }


def test_new_versions_of_the_api_and_of_publish_get_a_tenth_of_the_calls_first(
    template: dict[str, Any],
) -> None:
    assert aliases(template) == {"APIHandlerAliaslive": "APIHandler", "PublishAliaslive": "Publish"}
    assert called_past_their_alias(template) == set()
    for name in aliases(template).values():
        function = functions(template)[name]
        # A release of settings alone is a version, too.
        assert function["AutoPublishAliasAllProperties"]
        rollout = function["DeploymentPreference"]
        assert rollout["Type"] == "Canary10Percent5Minutes"
        (alarm,) = rollout["Alarms"]
        watched = template["Resources"][alarm["Ref"]]["Properties"]["Metrics"]
        of = watched[1]["MetricStat"]["Metric"]["Dimensions"]
        assert {"Name": "Resource", "Value": {"Fn::Sub": f"${{{name}}}:live"}} in of
        assert watched[1]["MetricStat"]["Period"] == 60


def test_new_version_of_the_api_is_checked_before_it_gets_calls(template: dict[str, Any]) -> None:
    api, check = functions(template)["APIHandler"], functions(template)["CheckRelease"]
    assert api["DeploymentPreference"]["Hooks"] == {"PreTraffic": {"Ref": "CheckRelease"}}
    # AWS lets CodeDeploy call functions of such names alone.
    assert check["FunctionName"]["Fn::Sub"].startswith("CodeDeployHook_${AWS::StackName}")
    # SAM's name of the version that this deployment makes; the alias has the one before.
    assert check["Environment"]["Variables"]["CHECKED_VERSION"] == {"Ref": "APIHandler.Version"}
    assert {"CheckRelease"} <= dependencies(template)["APIHandlerAliaslive"]


@pytest.mark.parametrize("caller", ["APIHandlerInvokePermission", "RestAPI"])
def test_call_past_the_alias_is_detected(caller: str, template: dict[str, Any]) -> None:
    properties = template["Resources"][caller]["Properties"]
    text = json.dumps(properties).replace("APIHandlerAliaslive", "APIHandler")
    template["Resources"][caller]["Properties"] = json.loads(text)
    assert called_past_their_alias(template) == {caller}


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ({"DependsOn": ["APIHandler"]}, {"UploadsBucket", "APIHandler"}),
        ({"DependsOn": "APIHandler"}, {"UploadsBucket", "APIHandler"}),
        (
            {"Properties": {"Tags": [{"Key": "of", "Value": {"Ref": "Distribution"}}]}},
            {"UploadsBucket", "Distribution"},
        ),
    ],
)
def test_resources_are_detected_when_they_depend_on_each_other_in_a_circle(
    planted: Resource, found: set[str], template: dict[str, Any]
) -> None:
    template["Resources"]["UploadsBucket"] |= planted
    assert found <= circle(template)


def test_template_has_no_placeholder_of_a_stream_or_queue(template: dict[str, Any]) -> None:
    text = json.dumps(template)
    assert [each for each in PLACEHOLDERS if each in text] == []


def unsafe_queues(template: dict[str, Any]) -> set[str]:
    """Queues that lose a message that nobody can work on, or give it to two at once."""
    queues = of_type(template, "AWS::SQS::Queue")
    letters = {name for name in queues if name.endswith("DeadLetterQueue")}
    unsafe = {name for name, queue in queues.items() if not queue.get("SqsManagedSseEnabled")}
    slowest = {
        source["Queue"]["Fn::GetAtt"][0]: functions(template)[name]["Timeout"]
        for name, kind, source in sources(template)
        if kind == "SQS"
    }
    for name in set(queues) - letters:
        redrive = queues[name].get("RedrivePolicy", {})
        target = redrive.get("deadLetterTargetArn", {}).get("Fn::GetAtt", [""])[0]
        gives_up = target in letters and redrive["maxReceiveCount"] == 5
        hides = queues[name]["VisibilityTimeout"] >= 6 * slowest[name]
        unsafe |= set() if gives_up and hides else {name}
    return unsafe


def test_every_queue_has_a_dead_letter_queue_and_a_long_visibility_timeout(
    template: dict[str, Any],
) -> None:
    assert unsafe_queues(template) == set()


def test_every_queue_keeps_messages_for_14_days(template: dict[str, Any]) -> None:
    days = {
        name: queue.get("MessageRetentionPeriod", 4 * 86_400) / 86_400
        for name, queue in of_type(template, "AWS::SQS::Queue").items()
    }
    # The mail that a message names is deleted after seven days.
    assert {days.pop("RepliesQueue"), days.pop("RepliesDeadLetterQueue")} == {6}
    assert {name: kept for name, kept in days.items() if kept != 14} == {}


def test_redrive_covers_every_queue_that_we_fill(template: dict[str, Any]) -> None:
    filled_by_s3 = {"photos", "replies"}
    queues = {
        re.sub("(?<=[a-z])(?=[A-Z])", "_", name.removesuffix("Queue")).lower()
        for name in of_type(template, "AWS::SQS::Queue")
        if not name.endswith("DeadLetterQueue")
    }
    assert set(QUEUES) == queues - filled_by_s3


@pytest.mark.parametrize(
    ("queue", "planted"),
    [
        ("PublishQueue", {"VisibilityTimeout": 300}),
        ("PhotosQueue", {"RedrivePolicy": {}}),
        ("PhotosDeadLetterQueue", {"SqsManagedSseEnabled": False}),
    ],
)
def test_queue_is_detected_when_it_is_unsafe(
    queue: str, planted: Resource, template: dict[str, Any]
) -> None:
    template["Resources"][queue]["Properties"] |= planted
    assert unsafe_queues(template) == {queue}


def watched_in(template: dict[str, Any], metric: str) -> set[str]:
    """What alarms on the metric watch, by logical id."""
    alarms = of_type(template, "AWS::CloudWatch::Alarm").values()
    values = [each["Dimensions"][0]["Value"] for each in alarms if each.get("MetricName") == metric]
    return {value.get("Ref") or value["Fn::GetAtt"][0] for value in values}


def test_every_queue_and_stream_raises_an_alarm(template: dict[str, Any]) -> None:
    queues = set(of_type(template, "AWS::SQS::Queue"))
    letters = {name for name in queues if name.endswith("DeadLetterQueue")}
    streams = {name for name, kind, _ in sources(template) if kind == "DynamoDB"}
    assert watched_in(template, "ApproximateNumberOfMessagesVisible") == letters
    assert watched_in(template, "ApproximateAgeOfOldestMessage") == queues - letters
    assert watched_in(template, "IteratorAge") == streams


def tables_and_indexes(template: dict[str, Any]) -> set[tuple[str, str | None]]:
    """Each table, and each of its indexes with it."""
    tables = of_type(template, "AWS::DynamoDB::Table")
    indexes = {
        (name, index["IndexName"])
        for name, table in tables.items()
        for index in table.get("GlobalSecondaryIndexes", [])
    }
    return {*indexes, *((name, None) for name in tables)}


@pytest.mark.parametrize("what", ["Read", "Write"])
def test_every_table_and_index_raises_an_alarm_when_it_is_throttled(
    what: str, template: dict[str, Any]
) -> None:
    watched = [
        metric["MetricStat"]["Metric"]["Dimensions"]
        for name, alarm in of_type(template, "AWS::CloudWatch::Alarm").items()
        if name.startswith(f"TablesRefuse{what}s")
        for metric in alarm["Metrics"][1:]
    ]
    of = [(table["Value"]["Ref"], *(each["Value"] for each in index)) for table, *index in watched]
    found = [(table, index[0] if index else None) for table, *index in of]
    assert set(found) == tables_and_indexes(template)
    assert len(found) == len(set(found)) > 30


def test_function_raises_an_alarm_before_it_reaches_its_time_limit(
    template: dict[str, Any],
) -> None:
    slow = watched_in(template, "Duration")
    alarms = of_type(template, "AWS::CloudWatch::Alarm")
    assert slow >= {"Publish", "PublishWards", "PublishOpenData", "PublishPerformance"}
    for name in slow:
        limit_ms = functions(template)[name]["Timeout"] * 1000
        assert alarms[f"{name}IsSlow"]["Threshold"] == 0.8 * limit_ms


def test_every_alarm_is_sent_and_explained(template: dict[str, Any]) -> None:
    guide = (ROOT / "docs" / "DEPLOY.md").read_text(encoding="utf-8")
    section = guide.partition("## When an alarm is raised\n")[2].partition("\n## ")[0]
    rows = [row for row in section.splitlines() if row.startswith("| ")]
    named = {name for row in rows for name in re.findall(r"\w+", row.split("|")[1])}
    alarms = of_type(template, "AWS::CloudWatch::Alarm")
    assert set(alarms) <= named
    for alarm in alarms.values():
        assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}]
        assert alarm["AlarmDescription"].endswith(": docs/DEPLOY.md, When an alarm is raised")
    assert f"{len(alarms)} alarms" in guide


def test_dashboard_names_only_resources_of_the_template(template: dict[str, Any]) -> None:
    body = template["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    assert len(json.loads(body)["widgets"]) == 6
    named = {name.partition(".")[0] for name in re.findall(r"\$\{(\w+[\w.]*)\}", body)}
    assert named and named <= set(template["Resources"])


def test_budget_tells_the_address_of_alarms(template: dict[str, Any]) -> None:
    budget = template["Resources"]["Budget"]
    assert budget["Condition"] == "HasBudget"
    for each in budget["Properties"]["NotificationsWithSubscribers"]:
        assert each["Subscribers"][0]["Address"] == {"Ref": "AlarmEmail"}


def namespace(template: dict[str, Any]) -> dict[str, str]:
    """Where all functions write their metrics."""
    everywhere = template["Globals"]["Function"]["Environment"]["Variables"]
    found: dict[str, str] = everywhere["METRICS_NAMESPACE"]
    return found


def namespaces(template: dict[str, Any]) -> Iterator[str]:
    """Each namespace that alarms and the dashboard watch, with its parameters."""
    for alarm in of_type(template, "AWS::CloudWatch::Alarm").values():
        stats = [each["MetricStat"] for each in alarm.get("Metrics", ()) if "MetricStat" in each]
        for each in [alarm, *(stat["Metric"] for stat in stats)]:
            if "Namespace" in each:
                name = each["Namespace"]
                yield name if isinstance(name, str) else name["Fn::Sub"]
    body = template["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    for widget in json.loads(body)["widgets"]:
        yield from (metric[0] for metric in widget["properties"]["metrics"])


def test_own_metrics_are_those_of_the_stack(template: dict[str, Any]) -> None:
    own = {name for name in namespaces(template) if not name.startswith("AWS/")}
    assert own == {namespace(template)["Fn::Sub"]} == {"Ginnel/${AWS::StackName}"}


def test_metrics_of_the_api_are_those_of_the_stack(template: dict[str, Any]) -> None:
    """API Gateway counts by the name of an API, whichever stack has it."""
    title = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["info"]["title"]
    assert title == {"Ref": "AWS::StackName"}
    watched = [
        each["Value"]
        for alarm in of_type(template, "AWS::CloudWatch::Alarm").values()
        for metric in [alarm, *(m["MetricStat"]["Metric"] for m in alarm.get("Metrics", ())[1:])]
        for each in metric.get("Dimensions", ())
        if each["Name"] == "ApiName"
    ]
    assert len(watched) >= 3
    assert all(each == {"Fn::Sub": "${AWS::StackName}"} for each in watched)
    body = template["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    assert body.count('"ApiName", "${AWS::StackName}"') == body.count('"ApiName"') >= 4


def test_alarm_watches_a_metric_that_the_log_writes(template: dict[str, Any]) -> None:
    alarms = of_type(template, "AWS::CloudWatch::Alarm")
    own = [each for each in alarms.values() if each.get("Namespace") == namespace(template)]
    written = {
        (metric, dimensions)
        for known in (
            logs.CALLS,
            logs.BATCHES,
            logs.SIGN_INS,
            logs.TEXTS,
            logs.DRIFT,
            logs.DIFFERENCES,
            logs.ACCOUNT_REFUSALS,
        )
        for metric in known.names
        for dimensions in [known.dimensions]
    }
    watched = [
        (each["MetricName"], tuple(one["Name"] for one in each["Dimensions"])) for each in own
    ]
    assert len(watched) >= 4 and set(watched) <= written
    purses = {each["Dimensions"][0]["Value"] for each in own if "texts" in each["MetricName"]}
    assert purses == set(get_args(SmsBudgetLine))


def test_failed_records_are_returned_one_by_one_and_tries_are_limited(
    template: dict[str, Any],
) -> None:
    resources = template["Resources"]
    for name, kind, source in sources(template):
        if kind == "ScheduleV2":
            # Lambda tries a call three times by itself.
            assert "EventInvokeConfig" not in resources[name]["Properties"], name
            assert resources[name]["Properties"]["DeadLetterQueue"]["Type"] == "SQS", name
            continue
        assert source["FunctionResponseTypes"] == PARTIAL, name
        if kind == "DynamoDB":
            assert source["BisectBatchOnFunctionError"], name
            assert 0 < source["MaximumRetryAttempts"] < 10_000, name
            assert 0 < source["MaximumRecordAgeInSeconds"] < 24 * 3600, name
            assert source["DestinationConfig"]["OnFailure"]["Type"] == "SQS", name
            # From the first change on: a change made while the function was created counts too.
            assert source["StartingPosition"] == "TRIM_HORIZON", name


BOUNDS = {
    "Timeout": (1, 900),
    "MemorySize": (128, 10_240),
    "MaximumConcurrency": (2, 1000),
    "MaximumRetryAttempts": (0, 10_000),
    "MaximumRecordAgeInSeconds": (60, 604_800),
    "MaximumEventAgeInSeconds": (60, 21_600),
    "MaximumBatchingWindowInSeconds": (0, 300),
    "ParallelizationFactor": (1, 10),
    "BatchSize": (1, 10_000),
}
"""What Lambda takes (AWS::Lambda::EventSourceMapping and ::Function, 2026)."""


def by_default(value: Any, template: dict[str, Any]) -> Any:
    """The value, or that of the parameter to which it refers."""
    return template["Parameters"][value["Ref"]]["Default"] if isinstance(value, dict) else value


def out_of_bounds(template: dict[str, Any]) -> list[str]:
    """Values that Lambda refuses in the middle of a deployment; cfn-lint looks into no event."""
    said = [(name, function) for name, function in functions(template).items()]
    said += [(name, function.get("EventInvokeConfig", {})) for name, function in said]
    said += [(name, source) for name, _, source in sources(template)]
    said += [(name, source.get("ScalingConfig", {})) for name, _, source in sources(template)]
    faults = [
        f"{name}: {key} {values[key]}"
        for name, values in said
        for key, (least, most) in BOUNDS.items()
        if key in values and not least <= by_default(values[key], template) <= most
    ]
    for name, kind, source in sources(template):
        waits = source.get("MaximumBatchingWindowInSeconds", 0) >= 1
        if kind == "SQS" and source["BatchSize"] > 10 and not waits:
            faults.append(f"{name}: BatchSize {source['BatchSize']} without a window")
    return faults


def test_every_value_is_accepted_by_lambda(template: dict[str, Any]) -> None:
    assert out_of_bounds(template) == []


@pytest.mark.parametrize(
    ("function", "planted"),
    [
        ("Publish", {"ScalingConfig": {"MaximumConcurrency": 1}}),
        ("Publish", {"BatchSize": 0}),
        ("TakeIn", {"BatchSize": 11, "MaximumBatchingWindowInSeconds": 0}),
        ("FanOut", {"MaximumRetryAttempts": 10_001}),
        ("FanOut", {"MaximumRecordAgeInSeconds": 59}),
    ],
)
def test_source_is_detected_when_lambda_would_refuse_it(
    function: str, planted: Resource, template: dict[str, Any]
) -> None:
    (source,) = template["Resources"][function]["Properties"]["Events"].values()
    source["Properties"] |= planted
    assert [fault.partition(":")[0] for fault in out_of_bounds(template)] == [function]


def test_function_is_detected_when_lambda_would_refuse_it(template: dict[str, Any]) -> None:
    template["Resources"]["Sweep"]["Properties"] |= {"Timeout": 901}
    assert out_of_bounds(template) == ["Sweep: Timeout 901"]


def test_every_function_has_a_concurrency_limit(template: dict[str, Any]) -> None:
    for name, kind, source in sources(template):
        if kind == "SQS":
            most = by_default(source["ScalingConfig"]["MaximumConcurrency"], template)
            assert 2 <= most <= 10, name
        elif kind == "DynamoDB":
            assert source["ParallelizationFactor"] == 1, name
        else:
            timeout = timedelta(seconds=functions(template)[name]["Timeout"])
            assert timeout < interval(source["ScheduleExpression"]), name
    rest, reports = template["Resources"]["RestAPI"]["Properties"]["MethodSettings"]
    assert (rest["ResourcePath"], rest["HttpMethod"]) == ("/*", "*")
    for throttled in (rest, reports):
        assert throttled["ThrottlingRateLimit"] <= throttled["ThrottlingBurstLimit"]
        # Counted for each method, the figures would cost more than all the calls.
        assert "MetricsEnabled" not in throttled


def test_reports_have_a_larger_rate_than_every_other_method(template: dict[str, Any]) -> None:
    rest, reports = template["Resources"]["RestAPI"]["Properties"]["MethodSettings"]
    path = reports["ResourcePath"].removeprefix("/").replace("~1", "/")
    paths = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    assert reports["HttpMethod"].lower() in paths[path]
    assert reports["ThrottlingRateLimit"] > rest["ThrottlingRateLimit"]


def test_api_has_one_stage_and_no_other_that_sam_would_add(template: dict[str, Any]) -> None:
    """Without a version said, SAM makes a stage named Stage beside it, past every limit."""
    assert template["Globals"]["Api"] == {"OpenApiVersion": "2.0"}
    assert template["Resources"]["RestAPI"]["Properties"]["StageName"] == "api"


def test_sites_address_is_required_and_validated(template: dict[str, Any]) -> None:
    parameter = template["Parameters"]["SiteUrl"]
    assert "Default" not in parameter
    for address, fits in (
        ("https://report.council.example", True),
        ("https://report.council.example/", False),
        ("http://report.council.example", False),
        ("report.council.example", False),
        ("", False),
    ):
        assert (re.fullmatch(parameter["AllowedPattern"], address) is not None) is fits, address


def test_every_function_has_a_timeout_and_memory(
    template: dict[str, Any],
) -> None:
    chalices_own = (60, 128)
    for name, function in functions(template).items():
        assert function["Runtime"] == RUNTIME, name
        assert (function["Timeout"], function["MemorySize"]) != chalices_own, name
        assert function["MemorySize"] >= 512, name
    # R13: the API answers within ten seconds, or gives up soon after.
    assert functions(template)["APIHandler"]["Timeout"] <= 20


def test_every_function_has_its_own_role_and_a_log_that_expires(
    template: dict[str, Any],
) -> None:
    roles = [function["Role"]["Fn::GetAtt"][0] for function in functions(template).values()]
    assert len(set(roles)) == len(functions(template))
    groups = of_type(template, "AWS::Logs::LogGroup")
    used = {
        function["LoggingConfig"]["LogGroup"]["Ref"] for function in functions(template).values()
    }
    assert {*groups} == used | {"AccessLogs"}
    assert all(group["RetentionInDays"] == 30 for group in groups.values())
    # The runbook's query finds them by the stack's name.
    for group in groups.values():
        assert group["LogGroupName"]["Fn::Sub"].startswith("/${AWS::StackName}/")


def test_functions_of_a_slice_share_a_log_group(template: dict[str, Any]) -> None:
    for name, function in functions(template).items():
        area = function["Handler"].split(".")[2]
        assert function["LoggingConfig"] == {"LogGroup": {"Ref": f"{area.title()}Logs"}}, name


def test_scheduler_calls_every_scheduled_function_and_no_other(template: dict[str, Any]) -> None:
    (policy,) = template["Resources"]["SchedulesRole"]["Properties"]["Policies"]
    call, give_up = policy["PolicyDocument"]["Statement"]
    scheduled = [(name, event) for name, kind, event in sources(template) if kind == "ScheduleV2"]
    assert {each["Fn::GetAtt"][0] for each in call["Resource"]} == {name for name, _ in scheduled}
    assert len(scheduled) > 20
    for name, event in scheduled:
        # Under the name of the rule that was there before, CloudFormation refuses a schedule.
        assert {*functions(template)[name]["Events"]} == {"Schedule"}
        # Another stack in the account has schedules of other names.
        assert event["OmitName"] and event["RoleArn"] == {"Fn::GetAtt": ["SchedulesRole", "Arn"]}
        assert event["DeadLetterConfig"]["Arn"] == give_up["Resource"], name
        tried = timedelta(seconds=event["RetryPolicy"]["MaximumEventAgeInSeconds"])
        assert timedelta(minutes=1) <= tried <= interval(event["ScheduleExpression"]), name


def test_access_log_has_every_call_and_no_personal_data(template: dict[str, Any]) -> None:
    api = template["Resources"]["RestAPI"]
    assert api["DependsOn"] == ["ApiGatewayAccount"]
    setting = api["Properties"]["AccessLogSetting"]
    assert setting["DestinationArn"]["Fn::Sub"].endswith(":log-group:${AccessLogs}")
    logged = {*json.loads(setting["Format"]).values()}
    assert {"$context.requestId", "$context.resourcePath", "$context.error.responseType"} <= logged
    personal = ("path", "identity", "authorizer", "requestOverride", "domain", "message")
    assert [
        each
        for each in logged
        for name in personal
        if name in each.removeprefix("$context.").split(".")
    ] == []


LONGEST_STACK = "s" * 32
LONGEST_REGION = "ap-southeast-2"
ACCOUNT = "1" * 12
MOST_OF_ENVIRONMENT = 4096
"""Bytes of all names and values together, as Lambda limits them."""


def longest_value(value: Any, template: dict[str, Any]) -> int:
    """The length of a setting's value with the longest name of a stack that DEPLOY.md allows."""
    if isinstance(value, str):
        return len(value)
    named = value.get("Fn::Sub", "${").replace("${AWS::StackName}", LONGEST_STACK)
    if "${" not in named:
        return len(named)
    name = value.get("Ref", "")
    kind = template["Resources"].get(name, {}).get("Type")
    of_stack = min(80, len(f"{LONGEST_STACK}-{name}-") + 13)
    return {
        "AWS::SQS::Queue": len(f"https://sqs.{LONGEST_REGION}.amazonaws.com/{ACCOUNT}/") + of_stack,
        "AWS::DynamoDB::Table": of_stack,
        "AWS::S3::Bucket": 63,
        "AWS::SecretsManager::Secret": len(
            f"arn:aws:secretsmanager:{LONGEST_REGION}:{ACCOUNT}:secret:{name}-"
        )
        + 19,
        "AWS::CloudFront::Distribution": 14,
    }.get(str(kind), 100)


def too_large_environments(template: dict[str, Any]) -> set[str]:
    """The functions whose settings Lambda may refuse."""
    everywhere = template["Globals"]["Function"]["Environment"]["Variables"]
    sizes = {
        name: sum(
            len(setting) + longest_value(value, template)
            for setting, value in (
                everywhere | own.get("Environment", {}).get("Variables", {})
            ).items()
        )
        for name, own in functions(template).items()
    }
    return {name for name, size in sizes.items() if size > MOST_OF_ENVIRONMENT}


def test_settings_of_each_function_fit(template: dict[str, Any]) -> None:
    assert too_large_environments(template) == set()


def test_too_many_settings_are_detected(template: dict[str, Any]) -> None:
    variables = functions(template)["APIHandler"]["Environment"]["Variables"]
    variables |= {f"QUEUE_{number}_URL": {"Ref": "PublishQueue"} for number in range(20)}
    assert too_large_environments(template) == {"APIHandler"}


def test_functions_have_the_names_of_what_they_use(template: dict[str, Any]) -> None:
    everywhere = set(template["Globals"]["Function"]["Environment"]["Variables"])
    assert everywhere == {"METRICS_NAMESPACE", *(name.upper() for name in EVERYWHERE)}
    given = {
        name: set(function["Environment"]["Variables"])
        for name, function in functions(template).items()
    }
    assert given["FanOutPeople"] == {"CODES_QUEUE_URL", "UNREAD_QUEUE_URL"}
    published = {"DISTRIBUTION_ID", "PHOTOS_BUCKET", "PUBLISHED_BUCKET", "REPORTS_TABLE"}
    assert given["Publish"] == published | {"PUBLISH_QUEUE_URL"}
    assert "PUSH_SECRET_ARN" not in given["Publish"] and "PUSH_SECRET_ARN" in given["SendAlert"]
    wanted = {field.name.upper() for field in fields(Settings) if field.name not in OPTIONAL}
    assert wanted <= everywhere.union(*given.values())


BACKED_UP_FOR = timedelta(days=35)
"""What the privacy notice says."""
PROTECTED = {"Fn::If": ["IsProtected", True, False]}


def test_first_deployment_can_be_rolled_back_and_protection_is_a_parameter(
    template: dict[str, Any],
) -> None:
    assert template["Parameters"]["Protect"]["Default"] == "no"
    assert template["Conditions"]["IsProtected"] == {"Fn::Equals": [{"Ref": "Protect"}, "yes"]}


def test_tables_are_recoverable_and_locked_and_buckets_private(template: dict[str, Any]) -> None:
    for name, properties in of_type(template, "AWS::DynamoDB::Table").items():
        recovery = properties["PointInTimeRecoverySpecification"]
        assert recovery["PointInTimeRecoveryEnabled"], name
        assert properties["DeletionProtectionEnabled"] == PROTECTED, name
        assert properties["SSESpecification"]["SSEEnabled"], name
        assert template["Resources"][name]["DeletionPolicy"] == "RetainExceptOnCreate", name
    for name, properties in of_type(template, "AWS::S3::Bucket").items():
        block = properties["PublicAccessBlockConfiguration"]
        assert len(block) == 4 and all(block.values()), name
        assert properties["BucketEncryption"], name
        # Uploads wait under the names they have; photos exist nowhere else.
        versioned = properties.get("VersioningConfiguration", {}).get("Status") == "Enabled"
        assert versioned == (name in ("UploadsBucket", *KEPT_BUCKETS)), name


KEPT_BUCKETS = ("PhotosBucket", "PremisesBucket")
"""What is in them exists nowhere else."""


@pytest.mark.parametrize("bucket", KEPT_BUCKETS)
def test_deleted_object_is_gone_from_every_copy_after_35_days(
    bucket: str, template: dict[str, Any]
) -> None:
    (rule,) = template["Resources"][bucket]["Properties"]["LifecycleConfiguration"]["Rules"]
    version = timedelta(days=rule["NoncurrentVersionExpiration"]["NoncurrentDays"])
    plan = template["Resources"]["BackupPlan"]["Properties"]["BackupPlan"]
    longest = max(each["Lifecycle"]["DeleteAfterDays"] for each in plan["BackupPlanRule"])
    assert version + timedelta(days=longest) == BACKED_UP_FOR


def test_everything_that_exists_nowhere_else_is_copied_each_night(
    template: dict[str, Any],
) -> None:
    copied = template["Resources"]["BackupSelection"]["Properties"]["BackupSelection"]["Resources"]
    tables = of_type(template, "AWS::DynamoDB::Table")
    # The figures are counted again from the reports.
    wanted = {*tables, *KEPT_BUCKETS} - {"FiguresTable"}
    assert {each["Fn::GetAtt"][0] for each in copied} == wanted
    for name in KEPT_BUCKETS:
        assert template["Resources"][name]["DeletionPolicy"] == "RetainExceptOnCreate", name


def test_every_backup_is_copied_to_a_locked_vault_when_one_is_named(
    template: dict[str, Any],
) -> None:
    second = json.loads((ROOT / "infra" / "second_region.json").read_text(encoding="utf-8"))
    vault = second["Resources"]["BackupVault"]["Properties"]
    lock = vault["LockConfiguration"]
    assert "AWS::StackId" in json.dumps(vault["BackupVaultName"])
    plan = template["Resources"]["BackupPlan"]["Properties"]["BackupPlan"]
    for rule in plan["BackupPlanRule"]:
        condition, (copy,), without = rule["CopyActions"]["Fn::If"]
        assert condition == "HasBackupCopy" and without == {"Ref": "AWS::NoValue"}
        assert copy["Lifecycle"] == rule["Lifecycle"]
        kept = copy["Lifecycle"]["DeleteAfterDays"]
        assert lock["MinRetentionDays"] <= kept <= lock["MaxRetentionDays"]


def test_vault_of_the_second_region_is_a_valid_template(tmp_path: Path) -> None:
    second = json.loads((ROOT / "infra" / "second_region.json").read_text(encoding="utf-8"))
    assert lint(second, tmp_path) == ""


def test_stack_of_a_deleted_ones_name_can_be_created(template: dict[str, Any]) -> None:
    """What outlives a stack keeps its name: a second stack of that name must choose another."""
    retained = {
        name: each["Properties"]
        for name, each in template["Resources"].items()
        if each.get("DeletionPolicy", "").startswith("Retain")
    }
    names = {
        name: json.dumps(value)
        for name, properties in retained.items()
        for key, value in properties.items()
        if key.endswith("Name")
    }
    assert names.keys() == {"BackupVault"}
    assert all("AWS::StackId" in each for each in names.values())


def test_secrets_are_made_by_aws_and_outlive_the_stack(template: dict[str, Any]) -> None:
    secrets = of_type(template, "AWS::SecretsManager::Secret")
    assert set(secrets) == {
        "IdSecret",
        "LinkSecret",
        "TokenSecret",
        "CodeSecret",
        "AlertSecret",
        "PushSecret",
        "OriginSecret",
        "DestinationsSecret",
        "IdentitySecret",
        "PaymentsSecret",
    }
    for name, properties in secrets.items():
        assert "SecretString" not in properties, name
        assert properties["GenerateSecretString"]["PasswordLength"] >= 32, name
        assert template["Resources"][name]["DeletionPolicy"] == "RetainExceptOnCreate", name


def test_only_the_bucket_of_uploads_can_send_to_its_queue(template: dict[str, Any]) -> None:
    resources = template["Resources"]
    bucket, policy = resources["UploadsBucket"], resources["PhotosQueuePolicy"]["Properties"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    (told,) = bucket["Properties"]["NotificationConfiguration"]["QueueConfigurations"]
    assert policy["Queues"] == [{"Ref": "PhotosQueue"}]
    assert statement["Principal"] == {"Service": "s3.amazonaws.com"}
    assert statement["Action"] == "sqs:SendMessage"
    assert statement["Resource"] == told["Queue"] == {"Fn::GetAtt": ["PhotosQueue", "Arn"]}
    source = statement["Condition"]["ArnEquals"]["aws:SourceArn"]["Fn::Sub"]
    assert source == "arn:${AWS::Partition}:s3:::" + bucket["Properties"]["BucketName"]["Fn::Sub"]


def test_versions_of_uploads_expire_soon_after_their_dead_letters(
    template: dict[str, Any],
) -> None:
    bucket = template["Resources"]["UploadsBucket"]["Properties"]
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
    assert timedelta(days=rule["ExpirationInDays"]) == UNREAD_KEPT_FOR + timedelta(days=1)
    letters = template["Resources"]["PhotosDeadLetterQueue"]["Properties"]
    assert timedelta(seconds=letters["MessageRetentionPeriod"]) == UNREAD_KEPT_FOR


def test_policies_of_the_template_are_those_that_are_tested(template: dict[str, Any]) -> None:
    roles = of_type(template, "AWS::IAM::Role")
    # AWS's services take these: SNS and API Gateway to write logs, Scheduler to call functions.
    for name in ("TextLogRole", "ApiGatewayLogRole", "SchedulesRole", "BackupRole"):
        del roles[name]
    documents = [role["Policies"][0]["PolicyDocument"] for role in roles.values()]
    files = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / ".chalice" / "policies").glob("*.json"))
    ]
    assert sorted(map(json.dumps, documents)) == sorted(map(json.dumps, files))
    for role in roles.values():
        assert len(role["Policies"]) == 1 and "ManagedPolicyArns" not in role
