"""The question whether it is mended, from the officer's word to the answer and what follows."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.alerts.delivery import Wake
from chalicelib.alerts.model import STOPPED_KEPT_FOR, Topic
from chalicelib.alerts.usecases.questions import read_repair_question, repair_question_token
from chalicelib.alerts.usecases.sending import process_wake
from chalicelib.bootstrap import container
from chalicelib.bootstrap.alerts import alerts_ports, delivery_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import NotFound
from chalicelib.kernel.time import utc_now
from chalicelib.reports.drafts import AnswerDraft
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.published import Visibility
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.resident.repair_feedback import FeedbackRequest, answer_question
from chalicelib.reports.usecases.updating import add_update
from infra.local import mail
from tests.api.conftest import Api
from tests.support.builders import draft_body, update_draft
from tests.support.fakes_alerts import subscription
from tests.support.forms import File, PageReader, encode_form
from tests.support.open311 import JPEG

FOLLOWER = "alex@example.org"
pytestmark = pytest.mark.usefixtures("unpublished")


@pytest.fixture
def report_id(api: Api) -> str:
    """A report that was said to be fixed."""
    sent = draft_body(contact={"email": FOLLOWER})
    made = str(api.post("/api/reports", sent).json_body["service_request_id"])
    api.cloud.pump.run_until_idle()
    say("fixed", made, api)
    return made


def say(state: Any, report_id: str, api: Api) -> None:
    officer, ports = Author("officer", staff_in=EVERYWHERE), reports_ports()
    add_update(report_id, update_draft(state=state), f"{state} {utc_now()}", officer, ports)
    api.cloud.pump.run_until_idle()


def asked_after(days: float) -> list[str]:
    """The links of the email that asks, as it goes out so many days later."""
    before = len(mail.emails())
    ports = delivery_ports()
    later = replace(ports, now=lambda: utc_now() + timedelta(days=days))
    for subscription_id, alert_id in later.alerts.due_alerts(later.now(), limit=10):
        process_wake(Wake(subscription_id=subscription_id, alert_id=alert_id), later)
    words = [word for each in mail.emails()[before:] for word in mail.text_of(each).split()]
    return [word for word in words if "/forms/mended/" in word]


def path_of(link: str) -> str:
    return link.removeprefix(container.settings().site_url)


@pytest.fixture
def link(report_id: str) -> str:
    """The link to the page, as the reporter was sent it for yes."""
    return path_of(asked_after(3.01)[0])


def opened(link: str, api: Api) -> PageReader:
    answer = api.client.http.get(link)
    assert answer.headers["Cache-Control"] == "no-store"
    return PageReader(answer.body.decode())


def answered(
    link: str, api: Api, says: str, text: str = "", files: tuple[File, ...] = ()
) -> PageReader:
    form = opened(link, api).form()
    answers = {"answer": says, "text": text} if says else {}
    body, content_type = encode_form(form, form.filled(answers, None), {"photos": files})
    return posted(form.action, body, content_type, api)


def posted(path: str, body: bytes, content_type: str, api: Api) -> PageReader:
    sent = api.client.http.post(path, body=body, headers={"Content-Type": content_type})
    return PageReader(sent.body.decode())


def stored(report_id: str) -> ServiceRequest:
    found = reports_ports().repository.get(report_id)
    assert found
    return found


def test_reporter_is_asked_days_later_with_a_link_for_each_answer(report_id: str) -> None:
    assert asked_after(2.99) == []
    links = asked_after(3.01)
    assert [link.partition("?")[2] for link in links] == ["answer=yes", "answer=no"]
    assert asked_after(4) == []


def test_question_is_not_sent_when_the_report_has_changed_meanwhile(
    report_id: str, api: Api
) -> None:
    say("reopen", report_id, api)
    assert asked_after(4) == []


@pytest.mark.parametrize("says", ["yes", "no"])
def test_page_shows_the_answer_of_the_link_chosen_and_changes_nothing(
    says: str, report_id: str, link: str, api: Api
) -> None:
    before = stored(report_id)
    for _ in range(3):
        page = opened(link.replace("yes", says), api)
        assert ("answer", says) in page.form().fields and page.title.startswith("Is it fixed?")
    assert stored(report_id) == before


def test_yes_is_stored_beside_the_report(report_id: str, link: str, api: Api) -> None:
    assert "Thank you" in answered(link, api, "yes").title
    officer = api.token("officer")
    shown = api.get(f"/api/reports/{report_id}", officer).json_body
    assert (shown["said_fixed"], shown["said_not_fixed"], shown["failed_repairs"]) == (1, 0, 0)
    assert shown["state"] == "fixed"
    assert "said_fixed" not in api.get(f"/api/reports/{report_id}").json_body


def test_no_reopens_the_report_with_text_and_photos(report_id: str, link: str, api: Api) -> None:
    photos = tuple(File(f"{n}.jpg", "image/jpeg", JPEG) for n in range(2))
    page = answered(link, api, "no", "The hole is back.", photos)
    assert "look at it again" in page.title
    after = stored(report_id)
    assert (after.state, after.failed_repairs, after.said_not_fixed) == ("reopen", 1, 1)
    assert after.updates[-1].text == "The hole is back."
    assert [each.update_id for each in after.photos] == [after.updates[-1].update_id] * 2


def test_answer_is_accepted_once(report_id: str, link: str, api: Api) -> None:
    form = opened(link, api).form()
    body, content_type = encode_form(form, form.filled({"answer": "no"}, None), {})
    first, second = (posted(form.action, body, content_type, api) for _ in range(2))
    assert "Thank you" in first.title
    assert "already answered" in second.title and "no, it's not fixed" in second.text
    assert "already answered" in opened(link, api).title
    after = stored(report_id)
    assert [update.state for update in after.updates] == ["fixed", "reopen"]


def test_one_of_ten_concurrent_answers_counts(report_id: str, link: str) -> None:
    token, ports = link.partition("?")[0].rpartition("/")[2], reports_ports()
    asked = FeedbackRequest(**read_repair_question(token, alerts_ports())._asdict())

    def attempt(number: int) -> bool:
        draft = AnswerDraft(answer="no" if number % 2 else "yes")
        return answer_question(asked, draft, (), ports).is_new

    with ThreadPoolExecutor(10) as pool:
        tried = list(pool.map(attempt, range(10)))
    assert any(tried)
    after = stored(report_id)
    assert after.said_fixed + after.said_not_fixed == 1
    assert after.failed_repairs == after.said_not_fixed == len(after.updates) - 1


def test_page_says_so_when_the_report_has_changed_meanwhile(
    report_id: str, link: str, api: Api
) -> None:
    form = opened(link, api).form()
    body, content_type = encode_form(form, form.filled({"answer": "no"}, None), {})
    say("reopen", report_id, api)
    for page in (opened(link, api), posted(form.action, body, content_type, api)):
        assert "no longer need your answer" in page.title and "now: Reopened" in page.text
    say("fixed", report_id, api)
    assert "no longer need your answer" in opened(link, api).title, (
        "That was about the repair before."
    )
    assert stored(report_id).said_not_fixed == 0


@pytest.mark.parametrize(
    "change", [lambda token: token[:-1] + "x", lambda token: "1" + token, lambda _: "anything"]
)
def test_page_says_that_the_link_is_not_valid_when_it_is_altered(
    change: Any, link: str, api: Api
) -> None:
    token = link.partition("?")[0].rpartition("/")[2]
    answer = api.client.http.get(f"/forms/mended/{change(token)}")
    assert answer.status_code == 404 and "has expired" in answer.body.decode()


def test_link_of_one_repair_is_not_valid_for_another(report_id: str, link: str) -> None:
    token = link.partition("?")[0].rpartition("/")[2]
    with pytest.raises(NotFound):
        read_repair_question(token.replace(".1.", ".2."), alerts_ports())


@pytest.mark.parametrize("visibility", ["hidden", "withdrawn"])
def test_page_is_not_found_when_the_report_was_withdrawn(
    visibility: Visibility, report_id: str, link: str, api: Api
) -> None:
    ports = reports_ports()
    ports.repository.save(replace(stored(report_id), visibility=visibility))
    assert api.client.http.get(link).status_code == 404


def test_page_is_only_for_the_reporter_when_the_report_is_private(
    report_id: str, link: str, api: Api
) -> None:
    alerts, ports = alerts_ports(), reports_ports()
    others: tuple[dict[str, Any], ...] = (
        {"topic": Topic(kind="report", service_request_id=report_id)},
        {"topic": Topic(kind="report", service_request_id="7K3M2QXV9HTD"), "is_own": True},
    )
    ports.repository.save(replace(stored(report_id), visibility="private"))
    assert api.client.http.get(link).status_code == 200
    for number, values in enumerate(others, 1):
        asked = alerts.subscriptions.add(subscription(number, **values))
        token = repair_question_token(asked, report_id, 1, alerts.tokens)
        assert api.client.http.get(f"/forms/mended/{token}").status_code == 404


def test_link_is_not_valid_when_its_subscription_is_gone(
    report_id: str, link: str, api: Api
) -> None:
    alerts = alerts_ports()
    (own,) = alerts.subscriptions.at_addresses([alerts.ids.address_key("email", FOLLOWER)])
    gone = replace(own, state="stopped", stopped_at=utc_now() - STOPPED_KEPT_FOR)
    alerts.subscriptions.save(gone)
    assert api.client.http.get(link).status_code == 404
    alerts.subscriptions.remove(own.subscription_id)
    assert api.client.http.get(link).status_code == 404
    assert stored(report_id).said_fixed == 0


def test_page_returns_with_its_faults(report_id: str, link: str, api: Api) -> None:
    plain = link.partition("?")[0]
    assert "Choose yes or no" in answered(plain, api, "").text
    four = tuple(File(f"{n}.jpg", "image/jpeg", JPEG) for n in range(4))
    page = answered(plain, api, "no", "Still there.", four)
    assert page.title.startswith("Error: ") and "Choose at most 3 photos" in page.text
    assert ("text", "Still there.") in page.form().fields
    assert stored(report_id).said_not_fixed == 0
