"""`python -m infra check` finds each document, photo, count and job that differs from the stored
reports, and changes nothing."""

from datetime import UTC, datetime
from typing import Any

import boto3
import msgspec
import pytest
import time_machine
from click.testing import CliRunner, Result
from msgspec.structs import replace

from chalicelib.bootstrap.publishing import counting_ports, publishing_ports
from chalicelib.bootstrap.reports import reports_ports, stored_jobs
from chalicelib.catalogue.bank_holidays import read_bank_holidays
from chalicelib.collections.model import ROUNDS, Rounds
from chalicelib.publishing.figures import NO_SUMS
from chalicelib.publishing.model import page_key, report_key
from chalicelib.publishing.republishing import publish_all
from chalicelib.reports.usecases import submission
from chalicelib.reports.usecases.access import Author
from infra.check import check
from infra.figures import publish_all_figures, recount_figures
from infra.import_places import replace_document
from infra.local.cloud import Cloud
from tests.contract.test_interrupted_import import published
from tests.support.builders import draft
from tests.support.fakes_jobs import job

OTHER = "ABCDEFGHJKLM"


@pytest.fixture
def report_id(cloud: Cloud) -> str:
    """A public report; everything is published."""
    made = submission.submit(draft(), "key", Author(), reports_ports()).service_request_id
    assert publish_all(publishing_ports()) == {}
    recount_figures()
    publish_all_figures()
    return made


def checked() -> Result:
    return CliRunner().invoke(check)


def put(cloud: Cloud, key: str, body: bytes, content_type: str = "application/json") -> None:
    boto3.client("s3").put_object(Bucket=cloud.bucket, Key=key, Body=body, ContentType=content_type)


def test_check_finds_nothing_when_everything_is_published(report_id: str) -> None:
    result = checked()
    assert (result.exit_code, result.stdout) == (0, "1 reports checked, 0 faults found.\n")


@pytest.mark.usefixtures("cloud")
def test_check_notes_what_ends_without_counting_it_as_a_fault() -> None:
    last = datetime(read_bank_holidays().last_year, 12, 31, 12, tzinfo=UTC)
    with time_machine.travel(last, tick=False):
        rounds = Rounds(known_until=last.date(), items=())
        replace_document(ROUNDS, msgspec.json.encode(rounds), publishing_ports())
        publish_all(publishing_ports())
        publish_all_figures()
        result = checked()
    assert (result.exit_code, result.stdout) == (0, "0 reports checked, 0 faults found.\n")
    assert f"Note: `$.bank_holidays`: they are known until {last.date()}" in result.stderr
    assert f"Note: collections: their dates are known until {last.date()}" in result.stderr


def test_check_names_each_document_that_differs_and_changes_none(
    report_id: str, cloud: Cloud
) -> None:
    s3: Any = boto3.client("s3")
    s3.delete_object(Bucket=cloud.bucket, Key=report_key(report_id))
    put(cloud, page_key(report_id), b"<h1>Old</h1>", "text/html; charset=utf-8")
    put(cloud, page_key(OTHER), b"<h1>Withdrawn</h1>", "text/html; charset=utf-8")
    before = published(cloud)
    result = checked()
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"{report_key(report_id)} is missing",
        *sorted(
            (
                f"{page_key(report_id)} is out of date",
                f"{page_key(OTHER)} should not exist",
            )
        ),
        "2 reports checked, 3 faults found.",
    ]
    assert published(cloud) == before


def test_check_names_a_document_that_cannot_be_read(report_id: str, cloud: Cloud) -> None:
    put(cloud, report_key(report_id), b'{"service_request_id"')
    assert checked().stdout.splitlines() == [
        f"{report_key(report_id)} is out of date",
        "1 reports checked, 1 faults found.",
    ]


def test_check_names_reports_and_lines_that_are_counted_wrongly(report_id: str) -> None:
    counters = counting_ports().counters
    (month,) = counters.months()
    (line,) = counters.lines_of_month(month)
    counters.save([], [line._replace(sums=NO_SUMS)])
    reports = reports_ports().repository
    stored = reports.get(report_id)
    assert stored
    reports.save(replace(stored, service_code="litter"))
    result = checked()
    assert result.exit_code == 1
    assert [each for each in result.stdout.splitlines() if each.startswith("figures")] == [
        f"figures of {month}: pothole in {line.key.line[1]} is counted wrongly",
        f"figures of {month}: report {report_id} is counted wrongly",
    ]
    assert counters.lines_of_month(month)[0].sums == NO_SUMS
    recount_figures()
    assert not any(each.startswith("figures") for each in checked().stdout.splitlines())


def test_check_names_a_photo_that_nobody_may_see(report_id: str, cloud: Cloud) -> None:
    photo = f"photos/{OTHER}/{'A' * 26}/page.jpg"
    put(cloud, photo, b"picture", "image/jpeg")
    result = checked()
    assert (result.exit_code, result.stdout.splitlines()[0]) == (1, f"{photo} should not exist")


def test_check_names_a_job_whose_report_does_not_exist(report_id: str) -> None:
    made = stored_jobs().add(job(service_request_ids=(report_id, OTHER)))
    result = checked()
    assert result.stdout.splitlines()[0] == f"job {made.job_id}: there is no report {OTHER}"
    assert result.exit_code == 1
