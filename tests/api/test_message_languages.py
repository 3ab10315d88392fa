"""The language of a request, a report or an account is that of the messages that follow."""

from itertools import count
from typing import Any

import pytest

from infra.local import mail
from tests.api.conftest import Api
from tests.support.builders import MARKET_PLACE, draft_body
from tests.support.people import FORM, newest_code, post_form, sign_in_with

AREA = {"kind": "area", **MARKET_PLACE, "radius_m": 500}
numbers = count()
SIGN_IN_CODE = "Eich cod i fewngofnodi: Cyngor Eskerby"


@pytest.fixture
def address() -> str:
    return f"resident{next(numbers)}@example.org"


@pytest.fixture
def welsh(here: Api) -> Api:
    """Somebody who sends from a Welsh page."""
    return Api(here.client, here.cloud, {"Accept-Language": "cy"})


def subjects(here: Api, address: str) -> list[str]:
    """The subjects of all messages to the address, oldest first."""
    here.cloud.pump.run_until_idle()
    return [str(each["Subject"]) for each in mail.emails() if each["To"] == address]


def text_of_last(here: Api, address: str) -> str:
    here.cloud.pump.run_until_idle()
    return mail.text_of([each for each in mail.emails() if each["To"] == address][-1])


def test_links_that_the_api_gives_lead_to_pages_in_the_language_of_the_request(
    here: Api, welsh: Api, address: str
) -> None:
    private = draft_body(service_code="noise-nuisance", attributes={"kind": "noise"})
    token = signed_in(here, address)
    for api, folder in ((here, ""), (welsh, "/cy")):
        sent = api.post("/api/reports", private, key=f"link {address}{folder}", token=token)
        assert f"{folder}/forms/reports/" in sent.json_body["tracking_url"]
        (own, *_) = api.get("/api/account/reports", token).json_body["items"]
        assert ("/cy/forms/" in own["tracking_url"]) is (api is welsh)


def report(api: Api, key: str, token: str | None = None, **values: Any) -> str:
    answer = api.post("/api/reports", draft_body(**values), key=key, token=token)
    assert answer.status_code == 201, answer.body
    return str(answer.json_body["service_request_id"])


def subscription(api: Api, address: str, **values: Any) -> dict[str, Any]:
    """A new subscription, as it is shown to its subscriber."""
    wish = {"channel": "email", "to": address, "topic": AREA, **values}
    made = api.post("/api/subscriptions", wish, key=None)
    assert made.status_code == 201, made.body
    path = made.json_body["manage_url"].partition("/forms/alerts/")[2]
    shown: dict[str, Any] = api.get(f"/api/subscriptions/{path}").json_body
    return shown | {"path": path, "manage_url": made.json_body["manage_url"]}


def signed_in(here: Api, address: str, folder: str = "") -> str:
    """An access token of the person who reads that address."""
    headers = {**FORM, "x-ginnel-language": folder} if folder else FORM
    asked = post_form(here.client.http, "/forms/sign-in", headers, address=address, next="")
    attempt_id = asked.headers["Location"].partition("attempt=")[2]
    here.cloud.pump.run_until_idle()
    cookie = sign_in_with(here.client.http, attempt_id, newest_code(address))
    answer = here.client.http.post("/api/session/refresh", headers={"Cookie": cookie})
    return str(answer.json_body["access_token"])


def choose_language(here: Api, code: str, token: str) -> None:
    version = here.get("/api/account", token).json_body["version"]
    changed = here.patch("/api/account", {"language": code}, version=version, token=token)
    assert changed.json_body["language"] == code


def test_subscription_keeps_the_language_of_its_page(here: Api, welsh: Api, address: str) -> None:
    made = subscription(welsh, address)
    assert made["language"] == "cy" and "/cy/forms/alerts/" in made["manage_url"]
    assert subjects(here, address) == ["Ydych chi eisiau rhybuddion Cyngor Eskerby?"]
    assert "/cy/forms/alerts/" in text_of_last(here, address)
    assert mail.emails()[-1]["From"].addresses[0].display_name == "Cyngor Eskerby"
    assert subscription(here, address)["language"] == "en"
    assert subscription(here, address, language="cy")["language"] == "cy"


def test_same_request_from_a_page_in_another_language_counts_once(
    here: Api, welsh: Api, address: str
) -> None:
    wish = {"channel": "email", "to": address, "topic": AREA}
    first, again = (
        api.post("/api/subscriptions", wish, key=f"twice {address}") for api in (here, welsh)
    )
    assert first.json_body["subscription_id"] == again.json_body["subscription_id"]
    body = draft_body()
    assert [
        api.post("/api/reports", body, key=f"r {address}").status_code for api in (here, welsh)
    ] == [201, 201]


def test_language_of_a_subscription_is_changed_by_its_link(here: Api, address: str) -> None:
    made = subscription(here, address)
    path = f"/api/subscriptions/{made['path']}"
    changed = here.patch(path, {"language": "cy"}, version=made["version"], token=None)
    assert changed.json_body["language"] == "cy"


def test_language_that_the_council_does_not_offer_is_refused(here: Api, address: str) -> None:
    token, made = signed_in(here, address), subscription(here, address)
    wish = {"channel": "email", "to": address, "topic": AREA, "language": "fr"}
    version = here.get("/api/account", token).json_body["version"]
    path = f"/api/subscriptions/{made['path']}"
    for answer in (
        here.post("/api/subscriptions", wish, key=None),
        here.patch(path, {"language": "fr"}, version=made["version"], token=None),
        here.post("/api/reports", draft_body(language="fr"), key=f"fr {address}"),
        here.patch("/api/account", {"language": "fr"}, version=version, token=token),
    ):
        assert answer.status_code == 400
        (error,) = answer.json_body["errors"]
        assert (error["field"], error["message"]) == ("language", "choose from: en, cy")


def test_reporter_hears_in_the_language_of_the_page(here: Api, welsh: Api, address: str) -> None:
    made = report(welsh, address, contact={"email": address})
    assert subjects(here, address)[-1].startswith("Mae eich adroddiad gennym: Twll yn y ffordd")
    seen = here.get(f"/api/reports/{made}", here.token("officer")).json_body
    assert seen["language"] == "cy"
    report(here, f"en {address}", contact={"email": f"en{address}"})
    assert subjects(here, f"en{address}")[-1].startswith("We have your report: Pothole")
    anonymous = report(welsh, f"nobody {address}", anonymous=True)
    shown = here.get(f"/api/reports/{anonymous}", here.token("officer")).json_body
    assert shown["language"] is None


def test_language_of_the_account_comes_first_and_changes_the_next_message(
    here: Api, address: str
) -> None:
    token = signed_in(here, address)
    choose_language(here, "cy", token)
    made = report(here, address, token=token)
    assert subjects(here, address)[-1].startswith("Mae eich adroddiad gennym")
    choose_language(here, "en", token)
    officer = here.token("officer")
    done = {"text": "Done.", "state": "fixed"}
    here.post(f"/api/reports/{made}/updates", done, key=f"done {address}", token=officer)
    assert "Fixed [" in subjects(here, address)[-1]


def test_code_to_sign_in_is_in_the_language_of_the_page(here: Api, address: str) -> None:
    asked = post_form(
        here.client.http,
        "/forms/sign-in",
        {**FORM, "x-ginnel-language": "cy"},
        address=address,
        next="",
    )
    assert asked.status_code == 303
    assert subjects(here, address) == [SIGN_IN_CODE]
    assert "/cy/forms/sign-in/confirm/" in text_of_last(here, address)
    token = signed_in(here, f"two{address}")
    Api(here.client, here.cloud, {"Accept-Language": "cy"}).post(
        "/api/account/addresses", {"address": f"new{address}"}, token=token
    )
    assert subjects(here, f"new{address}") == [
        "Eich cod i ychwanegu’r cyfeiriad hwn at eich cyfrif Cyngor Eskerby"
    ]


def test_export_is_a_page_in_the_language_of_the_script_that_asks(
    here: Api, welsh: Api, address: str
) -> None:
    token = signed_in(here, address)
    for api, title in ((welsh, "Eich data: Cyngor Eskerby"), (here, "Your data from")):
        answer = api.get("/api/account/export/page", token)
        assert f"<h1>{title}" in answer.body.decode()
        assert answer.headers["Vary"] == "Accept-Language"
