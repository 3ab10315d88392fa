"""Secrets on moto: who reads them, what a rotation changes, and where they never stand."""

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import boto3
import pytest
from chalice.test import Client
from click.testing import CliRunner, Result
from pynamodb.connection import Connection

import app
from chalicelib.accounts.audit import page
from chalicelib.aws.secrets import KEPT_FOR_S, ManagedSecret
from chalicelib.bootstrap import container
from chalicelib.bootstrap.accounts import audit_ports
from chalicelib.bootstrap.payments import reconciling_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import ConfigurationError, UpstreamFailed
from chalicelib.handlers.http.cdn import ORIGIN
from chalicelib.kernel.time import utc_now
from chalicelib.photos.ports import PhotoKey
from chalicelib.reports.parts import Photo
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.reading import view_report
from chalicelib.reports.usecases.submission import submit
from infra.__main__ import commands
from infra.local.cloud import Cloud
from infra.local.secrets import stored_values
from tests.api.conftest import Api
from tests.support.attack_photos import save_image
from tests.support.builders import draft, draft_body, report
from tests.support.composition import BrokenPart, replace_built
from tests.support.seam import record_tries

READS_A_SECRET = "secrets-manager.GetSecretValue"
PHOTO = "P" * 26
BOX = "/api/reports?bbox=-1.1,53.9,-1.0,54.0"


def run(*words: str) -> Result:
    return CliRunner().invoke(commands, words)


def rotate(name: str) -> None:
    """By the operator's command; then the process is a new one, which keeps nothing."""
    done = run("rotate-secret", name)
    assert done.exit_code == 0, done.output
    container.forget_built()


def a_photo_arrives(cloud: Cloud, key: PhotoKey) -> None:
    bucket = cloud.environment["UPLOADS_BUCKET"]
    boto3.client("s3").put_object(Bucket=bucket, Key="/".join(key), Body=save_image("JPEG"))


# Who reads them


def test_reactions_read_no_secret(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """fan_out, publish, take_in, sweep and publish_held, each with something to do."""
    repository = reports_ports().repository
    public = report(1, photos=(Photo(photo_id=PHOTO, state="shown"),))
    held = report(2, visibility="held", publish_at=utc_now() - timedelta(minutes=1))
    hidden = report(3, visibility="private")
    swept = PhotoKey("R00000000009", PHOTO)
    for each in (public, held, hidden):
        repository.create(each)
    for key in (PhotoKey(public.service_request_id, PHOTO), swept):
        a_photo_arrives(cloud, key)
    container.forget_built()
    # This one asks the payment provider with a key.
    replace_built(monkeypatch, reconciling_ports, BrokenPart(UpstreamFailed("no answer")))
    with record_tries() as made:
        cloud.pump.run_until_idle()
        assert cloud.pump.run_schedules(utc_now() + timedelta(days=3)) >= 2
        cloud.pump.run_until_idle()
    done = {each.operation for each in made}
    assert {"sqs.SendMessageBatch", "s3.PutObject", "s3.CopyObject", "s3.ListObjectsV2"} <= done
    stored = reports_ports().repository.get(held.service_request_id)
    assert stored and stored.visibility == "public"
    assert READS_A_SECRET not in done


def test_public_reads_use_no_secret(api: Api) -> None:
    reports_ports().repository.create(report(1))
    container.forget_built()
    with record_tries() as made:
        shown = api.get("/api/reports/R00000000001")
        listed = api.get(BOX)
    assert (shown.status_code, listed.status_code) == (200, 200)
    assert made and READS_A_SECRET not in {each.operation for each in made}


def test_submitting_reads_only_the_id_secret(api: Api) -> None:
    container.forget_built()
    with record_tries() as made:
        assert api.post("/api/reports", draft_body()).status_code == 201
    (read,) = [each for each in made if each.operation == READS_A_SECRET]
    assert json.loads(read.body)["SecretId"] == container.settings().id_secret_arn


def test_clients_share_one_session_with_the_tables(cloud: Cloud) -> None:
    """What a session has read costs 50 ms of a cold start to read again."""
    reports_ports()
    assert Connection().session is container.session()


# Rotation


def test_link_stays_valid_after_one_rotation_and_ends_after_two(
    cloud: Cloud,
) -> None:
    ports, anybody = reports_ports(), Author()
    private = draft(service_code="noise-nuisance", attributes={"kind": "noise"})
    request_id = submit(private, "key", anybody, ports).service_request_id
    token = ports.ids.link_token(request_id)
    rotate("link")
    now = reports_ports()
    assert view_report(request_id, Author(token=token), now).service_request_id == request_id
    assert now.ids.is_link_token(request_id, now.ids.link_token(request_id))
    assert now.ids.link_token(request_id) != token
    rotate("link")
    assert not reports_ports().ids.is_link_token(request_id, token)


def test_bearer_token_stays_valid_after_one_rotation_and_ends_after_two(
    api: Api,
) -> None:
    before = api.token("officer")
    rotate("token")
    between = api.token("officer")
    assert [api.get(BOX, token).status_code for token in (before, between)] == [200, 200]
    rotate("token")
    assert [api.get(BOX, token).status_code for token in (before, between)] == [401, 200]


def test_process_uses_new_secrets_after_five_minutes(cloud: Cloud) -> None:
    now = 0.0
    secret = ManagedSecret(
        lambda: boto3.client("secretsmanager"),
        container.settings().link_secret_arn,
        setting="LINK_SECRET_ARN",
        monotonic=lambda: now,
    )
    first = secret.current()
    rotate("link")
    rotate("link")
    assert secret.current() == first
    now += KEPT_FOR_S
    assert secret.current() != first
    assert first not in secret.accepted_values()


def test_setting_is_named_when_its_secret_does_not_exist(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ID_SECRET_ARN", container.settings().id_secret_arn + "x")
    container.forget_built()
    with pytest.raises(ConfigurationError, match="ID_SECRET_ARN is not the name of a secret"):
        reports_ports().ids.service_request_id("anonymous", "key")


# The operator's commands


@pytest.mark.parametrize("name", ["id", "push"])
def test_pinned_secret_cannot_be_rotated(name: container.SecretName, cloud: Cloud) -> None:
    before = container.secret(name).current()
    done = run("rotate-secret", name)
    assert done.exit_code == 1 and "never rotated" in str(done.exception)
    container.forget_built()
    assert list(container.secret(name).accepted_values()) == [before, before]


@pytest.fixture
def cloud(new_cloud: Cloud) -> Cloud:
    return new_cloud


@pytest.fixture
def behind_cdn() -> Iterator[Cloud]:
    cloud = Cloud(behind_cdn=True)
    yield cloud
    cloud.stop()


@pytest.mark.parametrize("name", ["link", "token", "origin"])
def test_rotation_prints_what_stays_valid_and_no_secret(
    name: container.SecretName, behind_cdn: Cloud
) -> None:
    before = container.secret(name).current()
    done = run("rotate-secret", name)
    assert done.exit_code == 0 and f"The {name} secret has a new value" in done.output
    assert ("OriginSecretVersion=" in done.output) == (name == "origin")
    container.forget_built()
    after, previous, *_ = container.secret(name).accepted_values()
    assert previous == before != after and len(after) == 64
    assert before not in done.output and after not in done.output


def test_rotation_refuses_an_unknown_secret(cloud: Cloud) -> None:
    done = run("rotate-secret", "origin")
    assert done.exit_code == 1 and "ORIGIN_SECRET_ARN is not set" in str(done.exception)


def test_printed_token_is_valid_for_an_officer_as_long_as_requested(api: Api) -> None:
    made = run("token", "officer", "--hours", "1")
    assert made.exit_code == 0, made.output
    known = made.stderr.split()[-1]
    again = run("token", "crew", "--account", known, "--hours", "1")
    for done in (made, again):
        token = done.stdout.strip()
        assert api.get("/api/moderation?reason=waiting", token).status_code == 200
    assert run("disable", known).exit_code == 0
    assert api.get("/api/moderation?reason=waiting", token).status_code == 401


@pytest.mark.parametrize("typed", ["jo.smith", "jo", " ", "jo@example.org", "x" * 65])
def test_operators_text_never_enters_the_audit_log(typed: str, cloud: Cloud) -> None:
    done = run("token", "officer", "--account", typed, "--hours", "1")
    assert done.exit_code == 2 and "There is no account with this id." in done.output
    assert page(limit=1, before=None, ports=audit_ports()).entries == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("officer", "--account", "jo", "--hours", "721"), "range 1<=x<=720"),
        (("officer", "--account", "jo", "--hours", "0"), "range 1<=x<=720"),
        (("officer", "--account", "jo"), "Missing option '--hours'"),
        (("emperor", "--account", "jo", "--hours", "1"), "'emperor' is not one of"),
    ],
)
def test_token_is_not_made_when_the_options_are_invalid(
    words: tuple[str, ...], sentence: str, cloud: Cloud
) -> None:
    done = run("token", *words)
    assert done.exit_code == 2 and sentence in done.output


# Where they stand on this machine


def test_stack_works_with_its_stored_secrets(tmp_path: Path) -> None:
    kept = stored_values(tmp_path / "secrets.json")
    cloud = Cloud(secrets=kept)
    try:
        assert container.secret("token").current() == kept["TokenSecret"]
        assert container.secret("id").current() == kept["IdSecret"]
    finally:
        cloud.stop()


# Where they never stand


def test_no_secret_is_in_the_environment_or_a_log(
    behind_cdn: Cloud, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    names: tuple[container.SecretName, ...] = ("id", "link", "token", "origin")
    values = [container.secret(name).current() for name in names]
    container.forget_built()
    with Client(app.app) as client, caplog.at_level(logging.INFO):
        api = Api(client, behind_cdn, {ORIGIN: values[-1]})
        assert api.post("/api/reports", draft_body()).status_code == 201
        api.post("/api/reports", draft_body(service_code="graffiti"), key="other")
        api.get(BOX, api.token("officer"))
        api.get(BOX, "no token")
        api.cloud.pump.run_until_idle()
    written = "".join(capfd.readouterr())
    seen = json.dumps(api.cloud.environment) + caplog.text + written + repr(container.settings())
    seen += "".join(repr(container.secret(name)) for name in names)
    assert len(set(values)) == len(names)
    assert [value for value in values if value in seen] == []
