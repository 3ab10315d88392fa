"""Before a new version of the API gets its first calls it is called as API Gateway would: a version
that cannot list, read or take a report is refused, and the check leaves nothing behind."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from chalice.test import Client

import app
from chalicelib.bootstrap import container
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.handlers.http.call import REHEARSAL
from chalicelib.handlers.http.cdn import ORIGIN
from chalicelib.handlers.http.event import HandlerFailed
from chalicelib.handlers.reports.release_events import check_release
from chalicelib.reports.usecases import submission
from chalicelib.reports.usecases.access import Author
from infra.local.cloud import Cloud
from tests.support.builders import draft, draft_body
from tests.support.log_lines import capture_lines, decode_lines
from tests.support.release import VERSION_ARN, Release, whole_api
from tests.support.seam import Answer, Try, hook_tries

Json = dict[str, Any]


@pytest.fixture(scope="module")
def behind_the_cdn() -> Iterator[Cloud]:
    cloud = Cloud(behind_cdn=True)
    yield cloud
    cloud.stop()


@pytest.fixture(autouse=True)
def cloud(behind_the_cdn: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """A council behind its CDN, with a public report whose consequences are done."""
    monkeypatch.setenv("CHECKED_VERSION", VERSION_ARN)
    container.forget_built()
    submission.submit(draft(), "k" * 32, Author(), reports_ports())
    behind_the_cdn.pump.run_until_idle()
    yield behind_the_cdn
    container.forget_built()


def carry_out(release: Release) -> list[str]:
    """What the check of that release tells CodeDeploy."""
    with release.carried_out():
        check_release(release.event, None)
    return release.told


def stored() -> Json:
    """Everything in tables and buckets."""
    dynamodb, s3 = boto3.client("dynamodb"), boto3.client("s3")
    tables = {name: dynamodb.scan(TableName=name) for name in dynamodb.list_tables()["TableNames"]}
    buckets = {
        each["Name"]: s3.list_objects_v2(Bucket=each["Name"]).get("Contents", [])
        for each in s3.list_buckets()["Buckets"]
    }
    items = {name: found["Items"] for name, found in tables.items()}
    keys = {
        name: [(each["Key"], each["ETag"]) for each in found] for name, found in buckets.items()
    }
    return {**items, **keys}


def test_version_that_works_gets_its_calls() -> None:
    release = Release()
    assert carry_out(release) == ["Succeeded"]
    routes = [
        (each["requestContext"]["httpMethod"], each["requestContext"]["resourcePath"])
        for each in release.calls
    ]
    report = ("GET", "/api/reports/{service_request_id}")
    assert routes == [
        ("GET", "/health"),
        ("GET", "/api/reports"),
        report,
        ("POST", "/api/reports"),
        report,
    ]


def test_check_leaves_nothing_behind_and_starts_no_reaction(cloud: Cloud) -> None:
    before = stored()
    assert carry_out(Release()) == ["Succeeded"]
    assert stored() == before
    # No fact came through a stream, and no queue has a message.
    assert cloud.pump.step(0.0) is False
    assert stored() == before


def test_version_is_checked_in_a_council_without_reports(cloud: Cloud) -> None:
    dynamodb, table = boto3.client("dynamodb"), cloud.environment["REPORTS_TABLE"]
    for item in dynamodb.scan(TableName=table)["Items"]:
        key = {name: item[name] for name in ("service_request_id", "record")}
        dynamodb.delete_item(TableName=table, Key=key)
    assert carry_out(Release()) == ["Succeeded"]


def does_not_start(_: Json) -> Json:
    raise ImportError("no module named api")


def answers_errors_to(method: str, route: str) -> Any:
    def answer(event: Json) -> Any:
        asked = event["requestContext"]
        if (asked["httpMethod"], asked["resourcePath"]) == (method, route):
            return {"statusCode": 500, "headers": {}, "body": "{}"}
        return whole_api(event)

    return answer


def stores_what_is_rehearsed(event: Json) -> Any:
    context = {name: value for name, value in event["requestContext"].items() if name != REHEARSAL}
    return whole_api(event | {"requestContext": context})


@pytest.mark.parametrize(
    "answer",
    [
        does_not_start,
        answers_errors_to("GET", "/health"),
        answers_errors_to("GET", "/api/reports"),
        answers_errors_to("GET", "/api/reports/{service_request_id}"),
        answers_errors_to("POST", "/api/reports"),
        stores_what_is_rehearsed,
        lambda _: None,
        lambda _: {"statusCode": 200, "body": "[]"},
    ],
)
def test_version_gets_no_calls_when_it_does_not_work(answer: Any) -> None:
    assert carry_out(Release(answer=answer)) == ["Failed"]


@pytest.mark.parametrize("operation", ["dynamodb.Query", "dynamodb.GetItem", "dynamodb.PutItem"])
def test_version_gets_no_calls_when_it_may_not_do_what_it_needs(operation: str) -> None:
    def refuse(this: Try, answer: Answer) -> Any:
        if this.operation == operation:
            raise ClientError({"Error": {"Code": "AccessDeniedException"}}, operation)
        return answer()

    with hook_tries(refuse):
        assert carry_out(Release()) == ["Failed"]


def test_caller_of_the_api_cannot_ask_for_a_rehearsal() -> None:
    headers = {
        ORIGIN: container.secret("origin").current(),
        REHEARSAL: "true",
        "Content-Type": "application/json",
        "Idempotency-Key": "c" * 32,
    }
    with Client(app.app) as client:
        answer = client.http.post(
            f"/api/reports?{REHEARSAL}=true",
            headers=headers,
            body=json.dumps(draft_body()).encode(),
        )
    assert answer.status_code == 201
    assert reports_ports().repository.get(answer.json_body["service_request_id"])


def test_check_says_which_request_failed_without_telling_what_was_answered() -> None:
    with capture_lines() as written:
        carry_out(Release(answer=answers_errors_to("GET", "/api/reports")))
    (failed,) = decode_lines(written, event="check failed")
    assert (failed["method"], failed["route"], failed["status"]) == ("GET", "/api/reports", 500)
    (line,) = decode_lines(written, event="handled", function="check_release")
    assert line["failed"] == 1


def test_codedeploy_is_told_at_once_when_the_version_cannot_be_called() -> None:
    assert carry_out(Release(version_arn=VERSION_ARN + "0")) == ["Failed"]


@pytest.mark.parametrize(
    "wrong", [{"DeploymentId": "d-OTHER"}, {"LifecycleEventHookExecutionId": "other"}]
)
def test_hook_fails_when_codedeploy_does_not_take_its_result(wrong: dict[str, str]) -> None:
    release = Release()
    with release.carried_out(), pytest.raises(HandlerFailed):
        check_release(release.event | wrong, None)
    assert release.told == []
