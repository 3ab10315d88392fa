import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from chalicelib.aws import clients
from chalicelib.bootstrap import container
from chalicelib.errors import ConfigurationError
from infra.__main__ import commands
from tests.conftest import ROOT

NOBODY = "http://127.0.0.1:1"
COMMANDS = ("import-reports", "import-facilities", "build-basemap", "publish")


def run(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "infra", *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_command_prints_its_usage_without_a_running_stack(command: str) -> None:
    done = run(command, "--help")
    assert done.returncode == 0, done.stderr
    assert "Usage:" in done.stdout


def test_command_says_what_to_do_when_settings_are_wrong() -> None:
    done = run("publish", REPORTS_TABLE="reports")
    assert done.returncode == 1
    assert "PUBLISHED_BUCKET is not set" in done.stderr
    assert "ID_SECRET_ARN is not set" in done.stderr
    assert "Traceback" not in done.stderr


def test_import_says_what_to_do_when_the_mapping_is_for_another_council(tmp_path: Path) -> None:
    file = tmp_path / "reports.csv"
    file.write_text("url\n")
    settings = {
        "COUNCIL": "demo",
        "REPORTS_TABLE": "reports",
        "PUBLISH_QUEUE_URL": "https://queue.example/1",
        "OPEN_DATA_QUEUE_URL": "https://queue.example/12",
        "FETCH_QUEUE_URL": "https://queue.example/2",
        "OUTBOUND_QUEUE_URL": "https://queue.example/3",
        "SEND_QUEUE_URL": "https://queue.example/4",
        "PARTNERS_TABLE": "partners",
        "AUDIT_TABLE": "audit",
        "ACCOUNTS_TABLE": "accounts",
        "CODES_QUEUE_URL": "https://queue.example/5",
        "UNREAD_QUEUE_URL": "https://queue.example/16",
        "CODE_SECRET_ARN": "arn:code",
        "ALERTS_TABLE": "alerts",
        "MATCH_QUEUE_URL": "https://queue.example/6",
        "ALERTS_QUEUE_URL": "https://queue.example/7",
        "RECEIPTS_QUEUE_URL": "https://queue.example/8",
        "JOBS_TABLE": "jobs",
        "OPEN_QUEUE_URL": "https://queue.example/9",
        "FIGURES_TABLE": "figures",
        "BOOKINGS_TABLE": "bookings",
        "CHARGES_TABLE": "charges",
        "LEDGER_TABLE": "ledger",
        "FIGURES_QUEUE_URL": "https://queue.example/12",
        "ORDERS_QUEUE_URL": "https://queue.example/99",
        "FOLLOW_QUEUE_URL": "https://queue.example/10",
        "CREWS_QUEUE_URL": "https://queue.example/11",
        "ROUNDS_QUEUE_URL": "https://queue.example/19",
        "CREWS_BUCKET": "crews",
        "SOURCES_BUCKET": "sources",
        "ALERT_SECRET_ARN": "arn:alert",
        "PUSH_SECRET_ARN": "arn:push",
        "OUTBOUND_TABLE": "outbound",
        "MAIL_BUCKET": "mail",
        "PUBLISHED_BUCKET": "published",
        "UPLOADS_BUCKET": "uploads",
        "PHOTOS_BUCKET": "photos",
        "LINK_SECRET_ARN": "arn:link",
        "SITE_URL": "https://council.example",
        "ID_SECRET_ARN": "arn:id",
        "TOKEN_SECRET_ARN": "arn:token",
    }
    mapping = str(ROOT / "infra" / "mappings" / "bath.json")
    done = run("import-reports", str(file), "--mapping", mapping, **settings)
    assert done.returncode == 1
    assert (
        "This mapping is for COUNCIL=bath, but this deployment serves COUNCIL=demo" in done.stderr
    )
    without = run("import-reports", str(file), **settings)
    assert "There is no mapping document" in without.stderr


@pytest.mark.parametrize(("where", "read_s"), [({}, 5), ({"AWS_ENDPOINT_URL": NOBODY}, 120)])
def test_database_has_a_longer_timeout_on_the_local_stack(
    where: dict[str, str], read_s: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "DYNAMODB", clients.DYNAMODB)
    monkeypatch.delenv("PUBLISHED_BUCKET", raising=False)
    for name, value in {"REPORTS_TABLE": "reports", **where}.items():
        monkeypatch.setenv(name, value)
    container.forget_built()
    assert isinstance(CliRunner().invoke(commands, ["publish"]).exception, ConfigurationError)
    client = clients.SharedSession().create_client("dynamodb", region_name="eu-west-2")
    assert client.meta.config.read_timeout == read_s
