"""Where a CDN stands before the API, it answers only what came that way."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError
from chalice.test import Client

import app
from chalicelib.aws.secrets import KEPT_FOR_S, ManagedSecret
from chalicelib.bootstrap import container
from chalicelib.handlers.http.cdn import ORIGIN
from infra.local.cloud import Cloud
from tests.support.composition import replace_built
from tests.support.seam import Answer, Try, hook_tries

PATH = "/api/reports?bbox=-1.1,53.9,-1.0,54.0"


@pytest.fixture
def client() -> Iterator[Client]:
    cloud = Cloud(behind_cdn=True)
    with Client(app.app) as here:
        yield here
    cloud.stop()


def status(client: Client, path: str, secret: str | None) -> int:
    headers = {} if secret is None else {ORIGIN: secret}
    return int(client.http.get(path, headers=headers).status_code)


@pytest.mark.parametrize("path", [PATH, "/api/moderation", "/forms/reports/000000000000"])
@pytest.mark.parametrize("forged", [None, "", "x" * 64])
def test_request_is_refused_when_it_bypassed_the_cdn(
    path: str, forged: str | None, client: Client
) -> None:
    assert status(client, path, forged) == 403


def test_request_is_answered_with_the_current_or_previous_secret(client: Client) -> None:
    before = container.secret("origin").current()
    arn = container.settings().origin_secret_arn
    assert status(client, PATH, before) == 200
    boto3.client("secretsmanager").put_secret_value(SecretId=arn, SecretString="n" * 64)
    container.forget_built()
    assert status(client, PATH, "n" * 64) == status(client, PATH, before) == 200


def test_public_reads_continue_when_the_store_of_secrets_does_not_answer(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    kept = ManagedSecret(
        lambda: boto3.client("secretsmanager"),
        container.secret_arn("origin"),
        setting="ORIGIN_SECRET_ARN",
        monotonic=lambda: now,
    )
    replace_built(monkeypatch, container.secret, kept, "origin")
    sent, asked = kept.current(), []

    def down(this: Try, answer: Answer) -> Any:
        if not this.operation.startswith("secrets-manager."):
            return answer()
        asked.append(this)
        raise ConnectTimeoutError(endpoint_url=this.url)

    now = KEPT_FOR_S
    with hook_tries(down):
        assert [status(client, PATH, sent) for _ in range(3)] == [200, 200, 200]
        assert len({this.call for this in asked}) == 1
        container.forget_built()
        assert status(client, PATH, sent) == 503
    container.forget_built()
    assert status(client, PATH, sent) == 200


@pytest.mark.parametrize("path", ["/health", "/api/openapi.json", "/forms/report"])
def test_routes_without_data_are_answered_from_everywhere(path: str, client: Client) -> None:
    assert status(client, path, None) == 200
