"""A question to the reporter, from the officer's click to the answer on the case."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.alerts.model import Subscription, Topic
from chalicelib.alerts.usecases.own_subscriptions import AccessProof, stop_subscription
from chalicelib.alerts.usecases.questions import officer_question_token, read_officer_question
from chalicelib.bootstrap import container
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import NotFound
from chalicelib.reports.model import ServiceRequest
from infra.local import mail
from tests.api.conftest import Api
from tests.support.builders import draft_body
from tests.support.fakes_alerts import subscription
from tests.support.forms import PageReader
from tests.support.people import post_form
from tests.support.undo_window import send_waiting_alerts

REPORTER = "alex@example.org"
pytestmark = pytest.mark.usefixtures("unpublished")
TEXT = "Which side of the road is it on?"


def reported(api: Api, key: str = "k", **values: Any) -> str:
    sent = draft_body(**{"contact": {"email": REPORTER}, **values})
    answer = api.post("/api/reports", sent, key=key)
    assert answer.status_code == 201, answer.body
    api.cloud.pump.run_until_idle()
    return str(answer.json_body["service_request_id"])


@pytest.fixture
def report_id(api: Api) -> str:
    return reported(api)


def ask(report_id: str, api: Api, text: str = TEXT, key: str = "key") -> Any:
    path = f"/api/cases/{report_id}/questions"
    answer = api.post(path, {"text": text}, key=key, token=api.token("officer"))
    assert answer.status_code == 201, answer.body
    send_waiting_alerts(api.cloud.pump.run_until_idle)
    return answer.json_body


def letters_about(words: str = "/forms/questions/") -> list[str]:
    return [text for each in mail.emails() if words in (text := mail.text_of(each))]


def path_in(email: str) -> str:
    (link,) = [word for word in email.split() if "/forms/questions/" in word]
    return link.removeprefix(container.settings().site_url)


@pytest.fixture
def link(report_id: str, api: Api) -> str:
    ask(report_id, api)
    return path_in(letters_about()[0])


def opened(link: str, api: Api) -> PageReader:
    answer = api.client.http.get(link)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    return PageReader(answer.body.decode())


def replied(link: str, api: Api, text: str) -> PageReader:
    answer = post_form(api.client.http, link, text=text)
    return PageReader(answer.body.decode())


def stored(report_id: str) -> ServiceRequest:
    found = reports_ports().repository.get(report_id)
    assert found
    return found


def case(report_id: str, api: Api) -> Any:
    return api.get(f"/api/cases/{report_id}", api.token("officer")).json_body


def waiting(api: Api, whose: str) -> list[str]:
    found = api.get(f"/api/cases?waits={whose}", api.token("officer")).json_body["items"]
    return [each["service_request_id"] for each in found]


def test_case_waits_until_the_reporter_answers_through_the_link(report_id: str, api: Api) -> None:
    asked = ask(report_id, api)
    assert (asked["text"], asked["answer"]) == (TEXT, None)
    assert waiting(api, "reporter") == [report_id] and waiting(api, "officer") == []
    (email,) = letters_about()
    assert TEXT in email
    page = opened(path_in(email), api)
    assert TEXT in page.text and stored(report_id).waits_for == "reporter"
    assert "Thank you" in replied(path_in(email), api, "The left one.").title
    shown = case(report_id, api)
    assert shown["waits_for"] is None
    assert [(each["text"], each["answer"]) for each in shown["questions"]] == [
        (TEXT, "The left one.")
    ]
    assert waiting(api, "officer") == [report_id]
    everybody = api.get(f"/api/reports/{report_id}").body
    assert b"left one" not in everybody and b"Which side" not in everybody


def test_question_is_sent_once_when_it_is_repeated(report_id: str, api: Api) -> None:
    assert ask(report_id, api) == ask(report_id, api)
    assert len(letters_about()) == 1
    ask(report_id, api, "How deep?", key="k2")
    assert len(letters_about()) == 2


def test_answer_is_accepted_once(report_id: str, link: str, api: Api) -> None:
    replied(link, api, "The left one.")
    assert "already answered" in replied(link, api, "The right one.").title
    assert "already answered" in opened(link, api).title
    assert stored(report_id).questions[0].answer == "The left one."


def test_page_returns_with_its_faults(report_id: str, link: str, api: Api) -> None:
    for text in ("", "x" * 2001):
        page = replied(link, api, text)
        assert page.title.startswith("Error: ") and "at most 2,000 characters" in page.text
    assert stored(report_id).waits_for == "reporter"


def test_page_says_so_when_the_question_was_settled(report_id: str, link: str, api: Api) -> None:
    question_id = stored(report_id).questions[0].question_id
    path = f"/api/cases/{report_id}/questions/{question_id}/settled"
    assert "settle" in case(report_id, api)["may"]
    after = api.post(path, {}, token=api.token("officer")).json_body
    assert after["waits_for"] is None and "settle" not in after["may"]
    assert "no longer need" in opened(link, api).title
    assert "no longer need" in replied(link, api, "The left one.").title
    assert stored(report_id).questions[0].answer is None


def test_reporter_without_alerts_gets_the_question_and_nothing_else(api: Api) -> None:
    report_id = reported(api, alerts=False)
    assert mail.emails() == []
    ask(report_id, api)
    assert len(letters_about()) == 1
    changed = api.patch(
        f"/api/reports/{report_id}", {"state": "closed"}, version=2, token=api.token("officer")
    )
    assert changed.status_code == 200
    api.cloud.pump.run_until_idle()
    assert len(mail.emails()) == 1


def own(report_id: str) -> Subscription:
    alerts = alerts_ports()
    (found,) = alerts.subscriptions.at_addresses([alerts.ids.address_key("email", REPORTER)])
    assert found.topic.service_request_id == report_id
    return found


def test_unreachable_reporter_cannot_be_asked(report_id: str, api: Api) -> None:
    alerts = alerts_ports()
    token = alerts.tokens.unsubscribe_token(own(report_id))
    stop_subscription(own(report_id).subscription_id, AccessProof(token=token), alerts)
    nameless = reported(api, "k2", contact=None)
    for each in (report_id, nameless):
        assert "ask" not in case(each, api)["may"]
        assert "We cannot ask the reporter" in case(each, api)["why_not_ask"]
        path = f"/api/cases/{each}/questions"
        answer = api.post(path, {"text": TEXT}, token=api.token("officer"))
        assert (
            answer.status_code == 409 and "We cannot ask the reporter" in answer.json_body["detail"]
        )
        assert stored(each).questions == ()


def test_link_is_valid_for_one_reporter_and_question(report_id: str, link: str, api: Api) -> None:
    token, alerts = link.rpartition("/")[2], alerts_ports()
    assert read_officer_question(token, alerts) == (report_id, 1)
    ask(report_id, api, "How deep?", key="k2")
    for other in (token.replace(".1.", ".2."), token[:-1] + "x", "x"):
        with pytest.raises(NotFound):
            read_officer_question(other, alerts)
        assert api.client.http.get(f"/forms/questions/{other}").status_code == 404
    topic = Topic(kind="report", service_request_id=report_id)
    follower = alerts.subscriptions.add(subscription(1, topic=topic))
    token = officer_question_token(follower, report_id, 1, alerts.tokens)
    assert api.client.http.get(f"/forms/questions/{token}").status_code == 404


@pytest.mark.parametrize("visibility", ["hidden", "withdrawn"])
def test_page_is_not_found_when_the_report_was_withdrawn(
    visibility: Any, report_id: str, link: str, api: Api
) -> None:
    taken_back = replace(stored(report_id), visibility=visibility)
    reports_ports().repository.save(taken_back)
    assert api.client.http.get(link).status_code == 404
    assert post_form(api.client.http, link, text="x").status_code == 404


def test_question_is_not_sent_when_it_was_settled_meanwhile(report_id: str, api: Api) -> None:
    before = len(mail.emails())
    path = f"/api/cases/{report_id}/questions"
    api.post(path, {"text": TEXT}, token=api.token("officer"))
    report = stored(report_id)
    reports_ports().repository.save(replace(report, state="closed"))
    send_waiting_alerts(api.cloud.pump.run_until_idle)
    assert len(letters_about()) == 0 and len(mail.emails()) > before
