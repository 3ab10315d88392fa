"""A contractor tells the outcome of a job, on the page that the link leads to."""

from playwright.sync_api import expect

from chalicelib.bootstrap import container
from chalicelib.bootstrap.jobs import jobs_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.jobs.drafts import JobDraft
from chalicelib.jobs.people import EVERYWHERE, Staff
from chalicelib.jobs.usecases import contractor_links, planning
from chalicelib.reports.usecases import submission
from chalicelib.reports.usecases.access import Author
from infra.local.stack import LocalStack
from tests.browser.conftest import WIDTHS, NewPage
from tests.browser.test_accessibility import assert_accessible
from tests.support.builders import draft

OFFICER = Staff(actor="officer", remits=EVERYWHERE)
OUT_OF_THE_WAY = {"lat": 53.9391, "long": -1.0577}


def create_job_link(key: str) -> str:
    """The path of the page of a new job."""
    about = draft(title="A hole", address="Coney Street", **OUT_OF_THE_WAY)
    report = submission.submit(about, key, Author(), reports_ports())
    ports = jobs_ports()
    wanted = JobDraft(
        service_request_ids=(report.service_request_id,), hazards=("Traffic",), materials=("Tar",)
    )
    job = planning.create_job(wanted, key, OFFICER, ports)
    made = contractor_links.add_link(job.job_id, "Paving Ltd", 7, OFFICER, ports)
    return made.url.removeprefix(container.settings().site_url)


@WIDTHS
def test_job_is_done_without_javascript_and_no_page_has_a_violation(
    viewport: dict[str, int], new_page: NewPage, stack: LocalStack
) -> None:
    page = new_page(viewport=viewport)

    path = create_job_link(f"contractor {viewport['width']}")
    page.goto(path)
    assert_accessible(page)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose what you want to tell us")
    assert_accessible(page)
    page.get_by_role("radio", name="It is done").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert_accessible(page)
    expect(page.get_by_text("Your link to this job has expired.")).to_be_visible()
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_have_text("This link has expired")
    assert_accessible(page)
    page.goto("/forms/jobs/nothing")
    assert_accessible(page)
