"""A contractor without an account tells the outcome of a job, by a link, without JavaScript."""

from typing import Any

import pytest

from chalicelib.bootstrap import container
from tests.api.conftest import Api
from tests.support.forms import File, PageReader, encode_form
from tests.support.jobs import JobsApi, operation
from tests.support.open311 import JPEG

PRIVATE = {"service_code": "noise-nuisance", "attributes": {"kind": "noise"}}


@pytest.fixture(scope="module")
def depot(here: Api) -> JobsApi:
    return JobsApi(here)


@pytest.fixture
def job(depot: JobsApi) -> dict[str, Any]:
    return depot.job(
        about={"description": "A deep hole.", "address": "Coney Street"},
        hazards=["Fast traffic"],
        instructions="Ring when you are there.",
    )


def link_to(job: dict[str, Any], depot: JobsApi) -> str:
    path = f"/api/jobs/{job['job_id']}/links"
    made = depot.api.post(path, {"name": "Paving Ltd"}, key=None, token=depot.officer)
    return str(made.json_body["url"]).removeprefix(container.settings().site_url)


def opened(link: str, depot: JobsApi) -> PageReader:
    answer = depot.api.client.http.get(link)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    return PageReader(answer.body.decode())


def told(
    page: PageReader, depot: JobsApi, files: tuple[File, ...] = (), **answers: str
) -> tuple[int, PageReader]:
    form = page.form()
    body, content_type = encode_form(form, form.filled(answers, None), {"photos": files})
    headers = {"Content-Type": content_type}
    sent = depot.api.client.http.post(form.action, body=body, headers=headers)
    return sent.status_code, PageReader(sent.body.decode())


def test_page_shows_the_job_and_changes_nothing(job: dict[str, Any], depot: JobsApi) -> None:
    link = link_to(job, depot)
    before = depot.look(job["job_id"])
    for _ in range(3):
        page = opened(link, depot)
    for words in ("Coney Street", "A deep hole.", "Fast traffic", "Ring when", "Paving Ltd"):
        assert words in page.text
    assert depot.look(job["job_id"]) == before


def test_contractor_starts_and_ends_a_job_with_photos(job: dict[str, Any], depot: JobsApi) -> None:
    link = link_to(job, depot)
    status, page = told(opened(link, depot), depot, kind="start")
    assert status == 200 and "Thank you" in page.title
    assert depot.look(job["job_id"])["state"] == "started"
    photos = tuple(File(f"{n}.jpg", "image/jpeg", JPEG) for n in range(2))
    status, page = told(opened(link, depot), depot, photos, kind="done", text="Relaid.")
    assert status == 200
    after = depot.look(job["job_id"])
    assert after["state"] == "done"
    start, done = after["events"]
    assert (start["by"], done["by"], done["text"]) == ("contractor", "contractor", "Relaid.")
    assert len(done["photos"]) == 2
    assert "has expired" in page.text


def test_page_sent_twice_counts_once(job: dict[str, Any], depot: JobsApi) -> None:
    page = opened(link_to(job, depot), depot)
    photo = (File("a.jpg", "image/jpeg", JPEG),)
    results = [told(page, depot, photo, kind="done") for _ in range(2)]
    assert "already" in results[1][1].title
    (event,) = depot.look(job["job_id"])["events"]
    assert len(event["photos"]) == 1
    assert len(depot.look(job["job_id"])["events"]) == 1


def test_page_sent_again_with_other_values_is_refused(job: dict[str, Any], depot: JobsApi) -> None:
    page = opened(link_to(job, depot), depot)
    told(page, depot, kind="start")
    status, other = told(page, depot, kind="could_not", reason="unsafe")
    assert status == 400 and "already sent this page" in other.text
    assert len(depot.look(job["job_id"])["events"]) == 1


def done_by_a_crew(job: dict[str, Any], depot: JobsApi) -> None:
    depot.tell(operation(depot.look(job["job_id"]), "done"))


def cancelled(job: dict[str, Any], depot: JobsApi) -> None:
    depot.change(depot.look(job["job_id"]), state="cancelled", because="Not needed.")


def cancelled_and_put_back(job: dict[str, Any], depot: JobsApi) -> None:
    cancelled(job, depot)
    depot.change(depot.look(job["job_id"]), state="to_plan")


def given_away(job: dict[str, Any], depot: JobsApi) -> None:
    depot.change(depot.look(job["job_id"]), team="parks")


@pytest.mark.parametrize(
    ("ends", "says"),
    [
        (done_by_a_crew, "The job is done"),
        (cancelled, "The council has cancelled this job"),
        (cancelled_and_put_back, "has expired"),
        (given_away, "given this job to somebody else"),
    ],
)
def test_link_ends_with_an_explanation_when_the_job_ends_or_changes_team(
    ends: Any, says: str, job: dict[str, Any], depot: JobsApi
) -> None:
    link = link_to(job, depot)
    told(opened(link, depot), depot, kind="note", text="We come on Monday.")
    page = opened(link, depot)
    ends(job, depot)
    before = depot.look(job["job_id"])
    status, refused = told(page, depot, kind="done")
    assert status == 410 and says in refused.text and "Ended" not in refused.text
    shown = depot.api.client.http.get(link)
    assert shown.status_code == 410 and says in PageReader(shown.body.decode()).text
    assert depot.look(job["job_id"]) == before and before["contractor"] is None
    assert "We come on Monday." in [event["text"] for event in before["events"]]


def test_contractor_may_report_done_after_could_not(job: dict[str, Any], depot: JobsApi) -> None:
    link = link_to(job, depot)
    told(opened(link, depot), depot, kind="could_not", reason="needs_materials")
    status, _ = told(opened(link, depot), depot, kind="done")
    assert status == 200 and depot.look(job["job_id"])["state"] == "done"


@pytest.mark.parametrize(
    ("answers", "files", "says"),
    [
        ({}, 0, "Choose what you want to tell us"),
        ({"kind": "could_not"}, 0, "Choose why you could not do it"),
        ({"kind": "note"}, 0, "Enter what you want to tell us"),
        ({"kind": "done", "text": "x" * 2001}, 0, "at most 2,000 characters"),
        ({"kind": "done"}, 6, "Choose at most 5 photos"),
    ],
)
def test_page_returns_with_its_faults(
    answers: dict[str, str], files: int, says: str, job: dict[str, Any], depot: JobsApi
) -> None:
    photos = tuple(File(f"{n}.jpg", "image/jpeg", JPEG) for n in range(files))
    status, page = told(opened(link_to(job, depot), depot), depot, photos, **answers)
    assert status == 400 and page.title.startswith("Error: ") and says in page.text
    assert ("text", answers.get("text", "")) in page.form().fields
    assert depot.look(job["job_id"])["events"] == []


def test_page_asks_for_the_photos_again_when_another_field_is_missing(
    job: dict[str, Any], depot: JobsApi
) -> None:
    page, photo = opened(link_to(job, depot), depot), (File("a.jpg", "image/jpeg", JPEG),)
    status, page = told(page, depot, photo, text="Relaid.")
    assert status == 400 and "Choose your photos again" in page.text
    assert {"kind-error", "photos-error"} <= set(page.ids)


def test_file_that_is_not_a_photo_is_refused_beside_its_field(
    job: dict[str, Any], depot: JobsApi
) -> None:
    text = (File("a.txt", "text/plain", b"no photo"),)
    status, page = told(opened(link_to(job, depot), depot), depot, text, kind="done")
    assert status == 400 and "photos-error" in page.ids
    assert depot.look(job["job_id"])["events"] == []


def test_contractors_report_is_stored_and_shown_when_the_office_cancelled_meanwhile(
    job: dict[str, Any], depot: JobsApi
) -> None:
    page = opened(link_to(job, depot), depot)
    crew_says = {"op_id": "crew-says-so", "job_id": job["job_id"], "kind": "could_not"}
    crew_says |= {"base_version": 1, "at": "2026-06-01T12:00:00Z", "reason": "not_found"}
    depot.tell(crew_says)
    status, after = told(page, depot, kind="done")
    assert status == 200 and "stored what you told us" in after.title
    assert depot.look(job["job_id"])["disputes"][0]["site"]["by"] == "contractor"


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path[:-1] + ("0" if path[-1] != "0" else "1"),
        lambda path: path.partition("-")[0],
        lambda _: "/forms/jobs/x",
        lambda path: path.replace("/jobs/", "/jobs/0"),
    ],
)
def test_altered_link_is_not_found(change: Any, job: dict[str, Any], depot: JobsApi) -> None:
    path = change(link_to(job, depot))
    for method in ("GET", "POST"):
        answer = depot.api.client.http.request(method, path, headers={}, body=b"")
        assert answer.status_code == 404 and b"has expired" in answer.body


def test_link_is_valid_only_for_its_job(job: dict[str, Any], depot: JobsApi) -> None:
    other = depot.job()
    theirs, proof = link_to(other, depot), link_to(job, depot).partition("-")[2]
    path = f"{theirs.partition('-')[0]}-{proof}"
    assert depot.api.client.http.get(path).status_code == 404


def test_new_link_invalidates_the_previous_one(job: dict[str, Any], depot: JobsApi) -> None:
    first, second = link_to(job, depot), link_to(job, depot)
    assert depot.api.client.http.get(first).status_code == 404
    assert depot.api.client.http.get(second).status_code == 200


def test_contractor_sees_nothing_of_a_report_that_is_not_public(depot: JobsApi) -> None:
    about = {**PRIVATE, "description": "The neighbour at 7 shouts."}
    job = depot.job(about=about, instructions="Measure the noise.")
    page = opened(link_to(job, depot), depot)
    assert "Measure the noise." in page.text and "neighbour" not in page.text
