"""The office plans a crew's day, puts it in its own order, and settles what two sides said."""

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from chalicelib.bootstrap.jobs import jobs_ports
from chalicelib.handlers.jobs.job_params import today
from chalicelib.jobs.drafts import JobChanges, JobDraft, Operation
from chalicelib.jobs.model import Job
from chalicelib.jobs.people import EVERYWHERE, Operator
from chalicelib.jobs.usecases import planning
from chalicelib.jobs.usecases.operations import apply_operations
from chalicelib.kernel.time import utc_now
from infra.local.stack import LocalStack
from tests.browser.conftest import NewPage
from tests.browser.officer import open_desk_page, submit_report

STAFF = Operator(actor="staff", remits=EVERYWHERE, device="a phone", scope="account:staff")
URGENT = "The road has collapsed."
"""A rule makes a job of it that comes before all others."""
PRINTS = """window.print = () => { window.printed = [...document.querySelectorAll('.desk-day h3')]
  .filter((each) => each.checkVisibility()).map((each) => each.textContent); }"""


def job_of(stack: LocalStack, **values: object) -> Job:
    """The job that a report opens by itself."""
    report = submit_report(stack, description=URGENT, lat=53.986, long=-1.088, **values)
    [job] = jobs_ports().jobs.of_report(report.service_request_id)
    return job


def stored_job(job: Job) -> Job:
    found = jobs_ports().jobs.get(job.job_id)
    assert found is not None
    return found


def change_job(job: Job, **changes: object) -> Job:
    now, ports = stored_job(job), jobs_ports()
    wanted = JobChanges(**changes)  # type: ignore[arg-type]
    return planning.change_job(now.job_id, wanted, now.version, STAFF, ports)


def create_dispute(stack: LocalStack) -> Job:
    """A job that the office cancelled while a crew did it."""
    report, ports = submit_report(stack, service_code="litter"), jobs_ports()
    draft = JobDraft(service_request_ids=(report.service_request_id,), title="Bins by the pond")
    job = planning.create_job(draft, report.service_request_id, STAFF, ports)
    change_job(job, state="cancelled", because="The gardeners took it along.")
    done = Operation(
        op_id=f"done-{job.job_id}",
        job_id=job.job_id,
        kind="done",
        base_version=job.version,
        at=utc_now(),
        text="All bagged.",
    )
    apply_operations([done], STAFF, ports)
    return stored_job(job)


def order_in(page: Page, crew: str) -> list[str | None]:
    entries = page.get_by_role("region", name=crew).locator("[data-job]")
    return [each.get_attribute("data-job") for each in entries.all()]


def test_day_is_planned_reordered_shared_out_and_printed(
    new_page: NewPage, stack: LocalStack
) -> None:
    first, second, third, endless = (job_of(stack) for _ in range(4))
    change_job(endless, minutes=1000)
    day = (today() + timedelta(days=40)).isoformat()
    page = open_desk_page(new_page, f"/desk/days/?date={day}&team=highways")
    page.get_by_role("checkbox", name="Highways south").uncheck()
    page.get_by_role("button", name="Plan the day").click()
    expect(page.locator("#day-status")).to_contain_text("planned")
    left = page.locator("#left-list > li", has=page.locator(f"[href*='{reference(endless)}']"))
    expect(left.locator(".desk-why")).not_to_be_empty()
    assert [stored_job(each).crew for each in (first, second, third)] == ["highways-north"] * 3

    before = order_in(page, "Highways north")
    entry = page.locator(f"[data-job='{before[0]}']")
    entry.get_by_role("button", name="Down").press("Enter")
    expect(page.locator("#day-status")).to_contain_text("Now 2 of")
    assert order_in(page, "Highways north") == [before[1], before[0], *before[2:]]
    assert page.evaluate("document.activeElement.closest('li').dataset.job") == before[0]
    page.reload()
    expect(page.locator(f"[data-job='{before[0]}']")).to_be_visible()
    assert order_in(page, "Highways north")[:2] == [before[1], before[0]]

    mine = page.locator(f"[data-job='{third.job_id}']")
    change_job(third, instructions="Mind the kerb.")
    mine.get_by_role("button", name="To Highways south").click()
    expect(page.locator("#day-status")).to_contain_text("Somebody else has changed")
    mine.get_by_role("button", name="To Highways south").click()
    expect(page.locator("#day-status")).to_contain_text("is now with Highways south")
    assert order_in(page, "Highways south") == [third.job_id]
    mine.get_by_role("button", name="Remove from this day").click()
    expect(page.locator("#day-status")).to_contain_text("waiting to be planned")
    assert stored_job(third).state == "to_plan"

    page.evaluate(PRINTS)
    page.emulate_media(media="print")
    page.evaluate("document.querySelector('.desk-day > button').click()")
    assert page.evaluate("window.printed") == ["Highways north"]


def reference(job: Job) -> str:
    return job.service_request_ids[0]


def test_dispute_is_settled_with_both_sides_in_view(new_page: NewPage, stack: LocalStack) -> None:
    job = create_dispute(stack)
    page = open_desk_page(new_page, "/desk/days/")
    dispute = page.locator(".desk-dispute", has_text="Bins by the pond")
    expect(dispute).to_contain_text("The gardeners took it along.")
    expect(dispute).to_contain_text("All bagged.")
    dispute.get_by_role("button", name=re.compile("Keep this record.*A crew")).click()
    expect(page.locator("#day-status")).to_have_text("Dispute about Bins by the pond settled.")
    expect(dispute).to_have_count(0)
    assert stored_job(job).state == "done"
