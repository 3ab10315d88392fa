"""Real reports, through the command line into a running stack, onto the map, and what the rules
make of them: jobs, a day of three crews, word to residents, and the figures. `make test` takes a
part of the file, `make test-all` the 1,576 of them."""

import csv
import json
import os
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import boto3
import pytest
import time_machine
from click.testing import CliRunner
from playwright.sync_api import Page, expect, sync_playwright

from chalicelib.bootstrap import container
from chalicelib.bootstrap.jobs import jobs_ports
from chalicelib.bootstrap.publishing import figures_ports
from chalicelib.jobs.model import Job
from chalicelib.jobs.ports import JobFilters
from chalicelib.publishing.performance import publish_performance
from chalicelib.reports.reference import format_reference
from chalicelib.reports.states import State, status_of
from infra.__main__ import commands
from infra.import_reports import MAPPINGS, load_mapping
from infra.local.stack import LocalStack, Options
from tests.browser.conftest import ARGUMENTS, CHROMIUM, PHONE, WEB
from tests.browser.signing_in import new_account, sign_in
from tests.browser.test_crew import say_done
from tests.conftest import ROOT
from tests.support import recount_figures
from tests.support.councils import council_named
from tests.support.effort import effort

CREWS = ("highways-bath", "highways-keynsham", "cleansing-bath")
LEFT = {"make_safe": "in_progress", "inspect": "investigating"}
"""In which state jobs of these kinds leave a report."""
ROWS = effort(100, 1576)
FIRST = effort(300, 0)
"""The first of them. In `make test` they fall into few months, whose figures are large enough to
be shown."""
OPEN_ROWS = effort(75, 952)
"""Of the public ones, which are 1,504 in the whole file."""
MONTHS = effort(20, 121)
"""In which any of those was made."""


@pytest.fixture(scope="module")
def morning() -> Iterator[None]:
    """It is the morning of this day: later on, a day that is planned holds what is left of it."""
    day = datetime.now(council_named("bath").zone)
    with time_machine.travel(day.replace(hour=6, minute=0, second=0), tick=True):
        yield


@pytest.fixture(scope="module")
def stack(morning: None) -> Iterator[LocalStack]:
    here = LocalStack(Options(council="bath", web=WEB))
    here.start()
    yield here
    here.stop()


@pytest.fixture(scope="module")
def file(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    whole = rows_of(shared_data / "reports" / "bath_fixmystreet_2007_2017.csv")
    return write_rows(whole[FIRST:][:ROWS], tmp_path_factory.mktemp("reports") / "bath.csv")


@pytest.fixture(scope="module")
def first_run(stack: LocalStack, file: Path) -> str:
    told = run_command(stack, "import-reports", str(file))
    # As the schedule does a few minutes later.
    stack.cloud.pump.wait_until_idle()
    assert publish_performance(figures_ports()) == {}
    return told


def command(stack: LocalStack, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "infra", *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=dict(os.environ) | stack.outside_environment(),
        check=False,
    )


def run_command(_: LocalStack, *words: str) -> str:
    """What a command says in this process, whose environment is the stack's: each of its many
    calls is cheaper than from outside, and that `command` reaches the stack others see."""
    done = CliRunner().invoke(commands, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def write_rows(rows: Sequence[dict[str, str]], file: Path) -> Path:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return file


def published_json(stack: LocalStack, prefix: str) -> dict[str, bytes]:
    """What is published in JSON, by key."""
    client = boto3.client("s3")
    pages = client.get_paginator("list_objects_v2").paginate(
        Bucket=stack.cloud.bucket, Prefix=prefix
    )
    keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
    return {
        key: client.get_object(Bucket=stack.cloud.bucket, Key=key)["Body"].read()
        for key in keys
        if key.endswith(".json")
    }


def documents(stack: LocalStack, prefix: str) -> dict[str, Any]:
    """The same, read; of the index of figures without the moment up to which it has all."""
    found = {key: json.loads(body) for key, body in published_json(stack, prefix).items()}
    found.get("data/performance/index.json", {}).pop("updated_datetime", None)
    return found


def public_rows(file: Path) -> list[dict[str, str]]:
    return [row for row in rows_of(file) if row["state"] not in ("hidden", "unconfirmed")]


class Caller:
    """Somebody of the demo who calls the API over HTTP."""

    def __init__(self, stack: LocalStack, name: str) -> None:
        self._stack = stack
        self._token = stack_json(stack, "/_local/tokens.json")[name]

    def get(self, path: str) -> Any:
        return self._call("GET", path)

    def post(self, path: str, body: Any) -> Any:
        return self._call("POST", path, body)

    def change(self, job: dict[str, Any], **changes: Any) -> None:
        self._call("PATCH", f"/api/jobs/{job['job_id']}", changes, version=job["version"])

    def day_of(self, crew: str, day: str) -> list[Any]:
        """The jobs of the crew's private document."""
        address = self.get(f"/api/crews/{crew}/day?date={day}")["url"]
        with urllib.request.urlopen(address) as answer:
            return list(json.load(answer)["jobs"])

    def _call(self, method: str, path: str, body: Any = None, version: int = 0) -> Any:
        raw = None if body is None else json.dumps(body).encode()
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"{path} {sha256(raw or b'').hexdigest()[:12]}",
            "If-Match": f'"{version}"',
        }
        url = self._stack.url + path
        asked = urllib.request.Request(url, data=raw, headers=headers, method=method)
        with urllib.request.urlopen(asked) as answer:
            return json.load(answer)


def stack_json(stack: LocalStack, path: str) -> Any:
    with urllib.request.urlopen(stack.url + path) as answer:
        return json.load(answer)


def stored_items(stack: LocalStack) -> list[recount_figures.Row]:
    return recount_figures.table_rows(
        boto3.client("dynamodb"), stack.cloud.environment["REPORTS_TABLE"]
    )


def report_rows(stack: LocalStack) -> list[recount_figures.Row]:
    return [each for each in stored_items(stack) if each["record"] == "report"]


def jobs_to_plan(stack: LocalStack) -> list[Job]:
    jobs = jobs_ports().jobs
    waiting = JobFilters(states=frozenset(("to_plan", "could_not", "handed_over")))
    found: list[Job] = []
    after: str | None = None
    while True:
        teams = container.council().team_names
        page = jobs.list_page(waiting, teams=teams, limit=100, after=after)
        found += page.jobs
        after = page.next
        if after is None:
            return found


def today() -> str:
    return f"{datetime.now(container.council().zone):%Y-%m-%d}"


@contextmanager
def phone(stack: LocalStack) -> Iterator[Page]:
    """A crew's phone, which nobody has signed in on."""
    if not CHROMIUM:
        pytest.skip("NO CHROMIUM HERE: nobody worked the planned day in a browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = browser.new_context(
            base_url=stack.url,
            viewport=PHONE,  # type: ignore[arg-type]
            locale="en-GB",
            timezone_id="Europe/London",
        )
        yield context.new_page()
        browser.close()


def start_and_done_operations(job: dict[str, Any]) -> list[dict[str, Any]]:
    """What a phone sends of a job that was begun and done."""
    return [
        {
            "op_id": f"{job['job_id']}-{kind}",
            "job_id": job["job_id"],
            "kind": kind,
            "base_version": job["version"],
            "at": f"{datetime.now(UTC) - timedelta(minutes=minutes_ago):%Y-%m-%dT%H:%M:%SZ}",
        }
        for kind, minutes_ago in (("start", 40), ("done", 10))
    ]


def test_every_row_is_accounted_for(first_run: str, file: Path) -> None:
    assert len(rows_of(file)) == ROWS
    assert f"{ROWS} imported, 0 already there, 0 refused." in first_run


def shown_by_service(file: Path) -> Counter[tuple[str, State]]:
    """The public rows of the file that the map shows, by service and state: what is closed there
    was closed years ago."""
    mapping = load_mapping(MAPPINGS / "bath.json")
    kinds = Counter(
        (mapping.categories[row["category"]], mapping.states[row["state"]].state)
        for row in public_rows(file)
    )
    return Counter({kind: n for kind, n in kinds.items() if status_of(kind[1]) == "open"})


def test_published_pins_equal_a_recount_of_the_open_ones_in_the_file_by_category_and_state(
    stack: LocalStack, first_run: str, file: Path
) -> None:
    stack.cloud.pump.wait_until_idle()
    expected = shown_by_service(file)
    pins = [pin for tile in documents(stack, "data/tiles/14/").values() for pin in tile["pins"]]
    assert Counter((pin["service_code"], pin["state"]) for pin in pins) == expected
    assert len({pin["service_request_id"] for pin in pins}) == expected.total() == OPEN_ROWS


def test_published_counts_equal_a_recount_of_the_open_ones_in_the_file_by_category(
    stack: LocalStack, first_run: str, file: Path
) -> None:
    stack.cloud.pump.wait_until_idle()
    expected: Counter[str] = Counter()
    for (service_code, _), number in shown_by_service(file).items():
        expected[service_code] += number
    [index] = documents(stack, "data/index.json").values()
    [counts] = documents(stack, index["counts"].removeprefix("/")).values()
    found: Counter[str] = Counter()
    for count in counts["counts"]:
        assert count["open"] == sum(each[0] for each in count["services"].values())
        assert count["closed"] == 0
        found.update({code: each[0] for code, each in count["services"].items()})
    assert found == expected
    tiles = {f"data/tiles/14/{count['x']}/{count['y']}.json" for count in counts["counts"]}
    assert tiles == set(documents(stack, "data/tiles/14/"))


def test_documents_keep_references_and_dates_and_hide_what_is_not_public(
    stack: LocalStack, first_run: str, file: Path
) -> None:
    stack.cloud.pump.wait_until_idle()
    published = documents(stack, "data/reports/").values()
    seen = {
        each["external_reference"]: (each["requested_datetime"], each["updated_datetime"])
        for each in published
    }
    expected = {
        row["url"]: tuple(
            row[name].replace(" UTC", "Z").replace(" ", "T") for name in ("created", "lastupdate")
        )
        for row in public_rows(file)
    }
    assert seen == expected


def test_published_figures_equal_a_recount_of_the_stored_reports(
    stack: LocalStack, first_run: str
) -> None:
    published = published_json(stack, recount_figures.FOLDER)
    assert recount_figures.check_published(stored_items(stack), published) > MONTHS
    assert len(published) == MONTHS + 1


@pytest.mark.exhaustive
def test_nothing_changes_when_rows_are_imported_and_everything_is_published_again(
    stack: LocalStack, first_run: str, file: Path, tmp_path: Path
) -> None:
    stack.cloud.pump.wait_until_idle()
    before = documents(stack, "data/")
    some = write_rows(rows_of(file)[:100], tmp_path / "some.csv")
    assert "0 imported, 100 already there, 0 refused." in run_command(
        stack, "import-reports", str(some)
    )
    stack.cloud.pump.wait_until_idle()
    assert f"{ROWS} reports published again, 0 failed." in run_command(stack, "publish")
    assert documents(stack, "data/") == before


def test_rules_open_the_jobs_that_they_say_and_no_others(
    stack: LocalStack, first_run: str, file: Path
) -> None:
    stack.cloud.pump.wait_until_idle()
    opened = {job.service_request_ids[0] for job in jobs_to_plan(stack)}
    expected = {
        each["service_request_id"]
        for each in report_rows(stack)
        if each["opens"] == "job"
        and each["visibility"] in ("public", "private")
        and status_of(each["state"]) == "open"
    }
    assert opened == expected
    assert 0.6 * OPEN_ROWS < len(opened) < 0.9 * OPEN_ROWS


def test_three_crews_work_a_planned_day_and_residents_and_figures_follow(
    stack: LocalStack, first_run: str
) -> None:
    office, street = Caller(stack, "officer"), Caller(stack, "crew")
    resident = Caller(stack, "resident")
    day = today()
    planned = office.post("/api/days/plan", {"date": day, "crews": list(CREWS)})
    assert {each["crew"] for each in planned["items"]} == set(CREWS)
    stack.cloud.pump.wait_until_idle()

    told: list[dict[str, Any]] = []
    expected: dict[str, str] = {}
    for plan in planned["items"]:
        jobs = street.day_of(plan["crew"], day)
        assert [job["job_id"] for job in jobs] == plan["job_ids"] != []
        worked = jobs[:4]
        for job in worked:
            (reference,) = job["service_request_ids"]
            resident.post(f"/api/reports/{reference}/follow", {})
            expected[reference] = LEFT.get(job["kind"], "fixed")
        told += [said for job in worked for said in start_and_done_operations(job)]
    answers = [street.post("/api/jobs/operations", {"operations": told}) for _ in range(2)]
    assert [{each["result"] for each in answer["items"]} for answer in answers] == [
        {"applied"},
        {"duplicate"},
    ]
    stack.cloud.pump.wait_until_idle()

    rows = {each["service_request_id"]: each for each in report_rows(stack)}
    assert {reference: rows[reference]["state"] for reference in expected} == expected
    fixed = [reference for reference, state in expected.items() if state == "fixed"]
    assert len(fixed) >= len(CREWS)
    emails = [each["body"] for each in stack_json(stack, "/_local/outbox.json")["items"]]
    for reference in fixed:
        assert any(
            format_reference(reference) in each and "The work is done." in each for each in emails
        )

    run_command(stack, "publish")
    folder = published_json(stack, recount_figures.FOLDER)
    assert recount_figures.check_published(stored_items(stack), folder) > effort(100, 1_000)


def test_rows_are_refused_with_line_and_reason_and_status_when_they_are_wrong(
    stack: LocalStack, file: Path, tmp_path: Path
) -> None:
    first, second, *_ = rows_of(file)
    broken = write_rows([first | {"category": "Dragons"}, second], tmp_path / "broken.csv")
    done = command(stack, "import-reports", str(broken))
    assert done.returncode == 1
    assert "line 2: category: 'Dragons' is not in the mapping document" in done.stdout
    assert command(stack, "import-reports", str(broken), "--allow-rejects").returncode == 0


def test_street_map_is_built_from_the_councils_open_data(
    stack: LocalStack, shared_data: Path
) -> None:
    files = sorted(map(str, (shared_data / "basemap").glob("*.geojson.gz")))
    done = command(stack, "build-basemap", "--allow-rejects", *files)
    assert done.returncode == 0, done.stderr
    assert "9015 roads" in done.stdout
    with urllib.request.urlopen(f"{stack.url}/data/basemap.pmtiles") as answer:
        assert answer.headers["Content-Type"] == "application/vnd.pmtiles"
        assert answer.read(7) == b"PMTiles"
    assert "3637 streets and places can be searched" in done.stdout
    with urllib.request.urlopen(f"{stack.url}/api/places?q=milsom+st") as answer:
        found = json.load(answer)["items"]
    assert [place["label"] for place in found] == ["Milsom Street"]


@pytest.mark.exhaustive
def test_planned_day_is_worked_without_a_signal_while_the_office_changes_it(
    stack: LocalStack, first_run: str, shared_data: Path
) -> None:
    crew, day, office = CREWS[2], today(), Caller(stack, "officer")
    office.post("/api/days/plan", {"date": day, "crews": [crew]})
    stack.cloud.pump.wait_until_idle()
    jobs = office.day_of(crew, day)
    done = [job for job in jobs if job["state"] == "planned"][:3]
    cancelled, made_longer, _ = done
    with phone(stack) as page:
        sign_in(page, new_account("crew"))
        page.goto("/crew/")
        page.get_by_role("radio", name="Cleansing Bath").check()
        page.get_by_role("button", name="Show list").click()
        expect(page.locator("ol.crew-list > li")).to_have_count(len(jobs))
        page.evaluate("navigator.serviceWorker.ready.then(() => null)")
        page.context.set_offline(True)
        page.reload()
        for job in done:
            say_done(page, job["position"], shared_data / "photos" / "bath_photo.JPG")
        expect(page.locator("#badge-waiting")).to_have_text("3 waiting to send")
        office.change(cancelled, state="cancelled", because="The market is there today.")
        office.change(made_longer, minutes=90)
        page.context.set_offline(False)
        page.goto("/crew/")
        expect(page.locator("#badge-waiting")).to_have_text("All sent")
        expect(page.get_by_role("link", name="See both")).to_be_visible()
    stack.cloud.pump.wait_until_idle()
    for job in done:
        now = office.get(f"/api/jobs/{job['job_id']}")
        [event] = now["events"]
        assert (event["kind"], len(event["photos"])) == ("done", 1)
        is_disputed = job is cancelled
        assert now["state"] == ("cancelled" if is_disputed else "done")
        assert len(now["disputes"]) == is_disputed
        assert (now["minutes"] == 90) == (job is made_longer)
