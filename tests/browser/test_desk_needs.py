"""An officer finds what crews and contractors left to decide, and decides it, in a browser."""

from itertools import count
from typing import Any

from playwright.sync_api import expect

from chalicelib.bootstrap.jobs import jobs_ports
from chalicelib.bootstrap.reports import photos_ports
from chalicelib.jobs.drafts import JobDraft, Operation
from chalicelib.jobs.model import Job
from chalicelib.jobs.people import EVERYWHERE, Operator, Staff
from chalicelib.jobs.usecases import contractor_links, planning
from chalicelib.jobs.usecases.operations import apply_operations
from chalicelib.kernel.time import utc_now
from chalicelib.photos.usecases import uploads
from chalicelib.reports.model import ServiceRequest
from infra.local.stack import LocalStack
from tests.browser.conftest import WIDTHS, NewPage
from tests.browser.officer import (
    case_address,
    open_desk_page,
    stored_report,
    submit_report,
    wait_for_page,
)
from tests.browser.test_accessibility import assert_accessible
from tests.support.attack_photos import jpeg

NUMBERS = count(1)
WORDS = "The kerb was loose as well, so we set it again."
OFFICER = Staff(actor="officer", remits=EVERYWHERE)
CREW = Operator(actor="crew", device="phone", scope="account:crew", remits=EVERYWHERE)


def job_of(report: ServiceRequest) -> Job:
    wanted = JobDraft(service_request_ids=(report.service_request_id,))
    return planning.create_job(wanted, f"needs-{next(NUMBERS)}", OFFICER, jobs_ports())


def record_outcome(job: Job, who: Operator, stack: LocalStack, **values: Any) -> None:
    """Somebody in the street tells the outcome of the job, with a photo."""
    op_id = f"needs-operation-{next(NUMBERS)}"
    photo_id = uploads.store_upload(
        jpeg(), op_id, who.scope, [], photos_ports(), about=job.service_request_ids[0]
    )
    sent = Operation(
        op_id=op_id,
        job_id=job.job_id,
        base_version=job.version,
        at=utc_now(),
        **{"photo_ids": (photo_id,), **values},
    )
    (outcome,) = apply_operations([sent], who, jobs_ports())
    assert outcome.result == "applied", outcome.reason
    stack.cloud.pump.wait_until_idle()


@WIDTHS
def test_contractors_text_is_public_when_an_officer_approves_it(
    viewport: dict[str, int], new_page: NewPage, stack: LocalStack
) -> None:
    report = submit_report(stack, title=f"A loose kerb {viewport['width']}")
    link = contractor_links.add_link(job_of(report).job_id, "Paving Ltd", 7, OFFICER, jobs_ports())
    contractor = link.job.contractor
    assert contractor
    who = contractor_links.operator_of(link.job, contractor)
    record_outcome(link.job, who, stack, kind="done", text=WORDS)
    page = open_desk_page(new_page, "/desk/", viewport)
    page.get_by_role("link", name="Needs attention").click()
    row = page.get_by_role("row").filter(has_text=f"A loose kerb {viewport['width']}").first
    expect(row).to_contain_text(f"Paving Ltd (contractor): {WORDS}")
    assert_accessible(page)
    wait_for_page(page, case_address(report))
    expect(page.locator("#photo-list")).to_contain_text("After the work. Paving Ltd (contractor)")
    assert_accessible(page)
    page.get_by_role("button", name="Show on the report").click()
    expect(page.locator("#timeline")).to_contain_text("A contractor")
    expect(page.locator("#timeline")).to_contain_text(WORDS)
    expect(page.locator("#needs")).to_be_hidden()


@WIDTHS
def test_crews_reason_stays_until_an_officer_has_handled_it(
    viewport: dict[str, int], new_page: NewPage, stack: LocalStack
) -> None:
    report = submit_report(stack, title=f"A buried manhole {viewport['width']}")
    record_outcome(
        job_of(report), CREW, stack, kind="could_not", reason="not_found", text="All grass."
    )
    page = open_desk_page(new_page, "/desk/?attention=could_not", viewport)
    row = page.get_by_role("row").filter(has_text=f"A buried manhole {viewport['width']}").first
    expect(row).to_contain_text("The work could not be done, A crew: We could not find it.")
    wait_for_page(page, case_address(report))
    expect(page.locator("#photo-list")).to_contain_text("Before the work. A crew")
    expect(page.get_by_role("img", name="Photo 1")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Mark as dealt with").click()
    expect(page.locator("#needs")).to_be_hidden()
    assert stored_report(report).attention is None
