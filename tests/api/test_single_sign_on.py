"""Signing in through another organisation as a browser does it: the button, there, and back."""

import json
import os
import re
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
import time_machine
from chalice.test import Client, HTTPResponse

import app
from chalicelib.accounts.model import Destination, Grant, Identity
from chalicelib.accounts.usecases.code_verification import ensure_account
from chalicelib.accounts.usecases.single_sign_on import ProviderReturn, finish_sign_in
from chalicelib.accounts.usecases.staff import invite
from chalicelib.bootstrap import container
from chalicelib.bootstrap.accounts import (
    accounts_ports,
    audit_ports,
    issuers,
    people_ports,
    sign_on_ports,
)
from chalicelib.catalogue.load import COUNCILS
from chalicelib.errors import NotFound
from chalicelib.handlers.http.cookies import NAME
from chalicelib.kernel.audit_entry import Entry
from infra.local.cloud import Cloud
from tests.api.conftest import Api
from tests.api.test_sign_in import FOREIGN, OFF_SITE, READS, refreshed
from tests.support.builders import draft_body
from tests.support.issuer import (
    CLIENT_ID,
    CLIENT_SECRET,
    Issuer,
    give_client_secret,
    query_of,
    serve_issuer,
    staff_at,
)
from tests.support.log_lines import capture_lines, decode_lines
from tests.support.people import (
    ask_for_code,
    cookie_in,
    cookies_in,
    post_form,
    sign_in_with,
)
from tests.support.seam import lose_reply, record_tries

# Of Authlib, on which the provider stands.
pytestmark = pytest.mark.filterwarnings("ignore:.*authlib.*", "ignore::DeprecationWarning")


@contextmanager
def public_provider() -> Iterator[str]:
    """oidc-provider-mock, which is not ours: its address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from oidc_provider_mock import run_server_in_thread

        with run_server_in_thread(require_nonce=True) as server:
            yield f"http://127.0.0.1:{server.server_port}"


def council_with(folder: Path, *, public: str, national: Issuer, staff: Issuer) -> Path:
    """The demo council, with people who sign in elsewhere, and services that ask for it."""
    document = json.loads((COUNCILS / "demo.json").read_text(encoding="utf-8"))
    document["identity_providers"] = [
        {
            "provider": "public",
            "label": "Sign in with the public provider",
            "for": "residents",
            "issuer": public,
            "client_id": CLIENT_ID,
            "trusts_email": True,
        },
        {
            "provider": "national",
            "label": "Sign in with the nation",
            "for": "residents",
            "issuer": national.url,
            "client_id": CLIENT_ID,
            "assurance": {"claim": "vot", "levels": {"P2": "proven"}},
        },
        staff_at(staff),
    ]
    needed = {"pothole": "anonymous", "pavement": "contact", "litter": "proven"}
    for service in document["services"]:
        service["assurance"] = needed.get(service["service_code"], "anonymous")
    path = folder / "identified.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@dataclass
class Here(Api):
    """A council with three providers: one that is not ours, and two that do as they are told."""

    public: str = ""
    national: Issuer = None  # type: ignore[assignment]
    staff: Issuer = None  # type: ignore[assignment]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Here]:
    with ExitStack() as stack:
        public = stack.enter_context(public_provider())
        national, staff = (
            stack.enter_context(serve_issuer(Issuer())),
            stack.enter_context(serve_issuer(Issuer())),
        )
        folder = tmp_path_factory.mktemp("council")
        council = council_with(folder, public=public, national=national, staff=staff)
        cloud = Cloud(council=str(council))
        stack.callback(cloud.stop)
        os.environ["OUTSIDE_ALLOWED"] = ",".join((public, national.url, staff.url))
        container.forget_built()
        give_client_secret("public", "national", "staff")
        client = stack.enter_context(Client(app.app))
        yield Here(client, cloud, public=public, national=national, staff=staff)


@pytest.fixture(autouse=True)
def well_behaved(here: Here) -> Iterator[None]:
    """Whatever a test has told an issuer is forgotten after it."""
    yield
    for issuer in (here.national, here.staff):
        issuer.claims, issuer.signing, issuer.is_down, issuer.names_itself = {}, None, False, False
    container.BUILT.pop((issuers,), None)


def begun(here: Here, provider: str, onward: str = "/map/") -> tuple[str, str]:
    """Presses the button; answers where it leads, and the cookie that the browser keeps."""
    answer = post_form(here.client.http, f"/forms/sign-in/with/{provider}", next=onward)
    assert answer.status_code == 303, answer.body
    return str(answer.headers["Location"]), cookie_in(answer)


def back(
    here: Here, provider: str, query: dict[str, str], cookie: str, **headers: str
) -> HTTPResponse:
    """Comes back, as another site's redirect makes a browser do."""
    sent = {"Cookie": cookie, "Sec-Fetch-Site": "cross-site"} | headers
    path = f"/forms/sign-in/back/{provider}?{urlencode(query)}"
    answer: HTTPResponse = here.client.http.get(path, headers=sent)
    return answer


def signed_in(here: Here, issuer: Issuer, provider: str, **claims: Any) -> HTTPResponse:
    way, cookie = begun(here, provider)
    return back(here, provider, issuer.sign_in(way, **claims), cookie)


def session_of(here: Here, answer: HTTPResponse) -> Any:
    assert answer.status_code == 303, answer.body
    return refreshed(here, cookie_in(answer)).json_body


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follows none."""


def at_the_public_provider(way: str, **form: str) -> dict[str, str]:
    """Presses the button there; returns what the browser comes back with."""
    opener = urllib.request.build_opener(NoRedirect)
    try:
        opener.open(urllib.request.Request(way, urlencode(form).encode()))
    except urllib.error.HTTPError as redirect:
        location = redirect.headers["Location"]
        assert location.startswith("http://127.0.0.1:8000/forms/sign-in/back/public?"), location
        return query_of(location)
    raise AssertionError("It sent nobody back.")


# A provider that is not ours.


def test_resident_signs_in_through_an_organisation_and_continues(here: Here) -> None:
    shown = here.client.http.get("/forms/sign-in?next=/map/").body.decode()
    assert "Sign in with the public provider" in shown
    way, cookie = begun(here, "public")
    assert way.startswith(f"{here.public}/oauth2/authorize?")
    answer = back(here, "public", at_the_public_provider(way, sub="jo@example.org"), cookie)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/map/")
    assert answer.headers["Cache-Control"] == "no-store"
    first = session_of(here, answer)["account"]
    assert (first["roles"], first["assurance"]) == (["resident"], "contact")
    way, cookie = begun(here, "public")
    again = back(here, "public", at_the_public_provider(way, sub="jo@example.org"), cookie)
    assert session_of(here, again)["account"]["account_id"] == first["account_id"]


@pytest.mark.parametrize(
    ("sure", "offered"),
    [
        ("proven", {"national", "staff"}),
        ("staff", {"staff"}),
        ("x", {"public", "national", "staff"}),
    ],
)
def test_page_offers_only_ways_with_the_required_assurance(
    sure: str, offered: set[str], here: Here
) -> None:
    shown = here.client.http.get(f"/forms/sign-in?next=/report/&sure={sure}").body.decode()
    assert set(re.findall(r'action="/forms/sign-in/with/(\w+)"', shown)) == offered
    assert ('name="address"' in shown) is (sure == "x")


@pytest.mark.parametrize(("verified", "is_own"), [(True, True), (False, False)])
def test_account_of_the_address_is_used_when_the_provider_has_verified_it(
    verified: bool, is_own: bool, here: Here
) -> None:
    address = f"verified-{verified}@example.org".lower()
    known = ensure_account(Destination("email", address), accounts_ports())
    claims = json.dumps({"email": address, "email_verified": verified}).encode()
    headers = {"Content-Type": "application/json"}
    user = f"{here.public}/users/{quote(f'subject {verified}')}"
    urllib.request.urlopen(urllib.request.Request(user, claims, headers, method="PUT"))
    way, cookie = begun(here, "public")
    query = at_the_public_provider(way, sub=f"subject {verified}")
    account = session_of(here, back(here, "public", query, cookie))["account"]
    assert (account["account_id"] == known.account_id) is is_own


def test_sign_in_is_refused_when_the_address_is_blocked(here: Here) -> None:
    body = {"address_or_domain": "threats@example.org", "reason": "Sends threats."}
    blocked = here.post("/api/admin/blocks", body, token=here.token("admin"))
    assert blocked.status_code == 201
    claims = json.dumps({"email": "Threats@example.org", "email_verified": True}).encode()
    headers = {"Content-Type": "application/json"}
    user = f"{here.public}/users/threats"
    urllib.request.urlopen(urllib.request.Request(user, claims, headers, method="PUT"))
    way, cookie = begun(here, "public")
    answer = back(here, "public", at_the_public_provider(way, sub="threats"), cookie)
    assert answer.status_code == 403 and b"call us on" in answer.body
    assert NAME not in str(answer.headers)


def test_page_says_so_when_the_sign_in_was_cancelled_at_the_organisation(here: Here) -> None:
    way, cookie = begun(here, "public")
    query = at_the_public_provider(way, action="deny")
    assert query["error"] == "access_denied"
    # The provider forgets the state of who gives up.
    state = query_of(way)["state"]
    answer = back(here, "public", query | {"state": state}, cookie)
    assert answer.status_code == 400 and b"/forms/sign-in" in answer.body
    assert back(here, "public", {"state": state, "code": "x"}, cookie).status_code == 404


# Issuers that do as they are told.


def test_resident_is_proven_when_the_national_sign_in_says_so(here: Here) -> None:
    for vot, assurance in (("P2", "proven"), ("P1", "contact")):
        answer = signed_in(here, here.national, "national", sub="jo", vot=vot)
        assert session_of(here, answer)["account"]["assurance"] == assurance


def audited() -> Sequence[Entry]:
    return audit_ports().trail.newest(limit=100, before=None)


def test_staff_gain_and_lose_roles_with_their_groups(here: Here) -> None:
    before = audited()
    for groups, role in ((["roads"], "officer"), (["it"], "admin"), (["lunch"], "resident")):
        answer = signed_in(here, here.staff, "staff", sub="officer", groups=groups)
        account = session_of(here, answer)["account"]
        is_sure = "contact" if role == "resident" else "staff"
        assert (account["role"], account["assurance"]) == (role, is_sure)
    new = [each for each in audited() if each not in before]
    assert {each.details for each in new if each.action != "account.sign_in"} == {
        "resident -> officer:highways",
        "officer:highways -> admin",
        "admin -> resident",
    }
    stored = accounts_ports().accounts.get(account["account_id"])
    assert stored and stored.grants == ()


def test_role_is_valid_for_the_teams_of_the_group(here: Here) -> None:
    answer = signed_in(here, here.staff, "staff", sub="roads", groups=["roads"])
    account_id = session_of(here, answer)["account"]["account_id"]
    stored = accounts_ports().accounts.get(account_id)
    assert stored and stored.grants == (Grant(role="officer", teams=("highways",)),)


# Who has left, or comes another way.


def code_of(attempt_id: str) -> str:
    return accounts_ports().codes.code(attempt_id)


def session_by_code(here: Here, address: str) -> Any:
    attempt_id = ask_for_code(here.client.http, address)
    return refreshed(
        here, sign_in_with(here.client.http, attempt_id, code_of(attempt_id))
    ).json_body


def officer_with_a_code(here: Here, subject: str) -> tuple[Any, str]:
    """A session by a code to a private mailbox, which was added as an administrator."""
    answer = signed_in(here, here.staff, "staff", sub=subject, groups=["it"])
    inside = session_of(here, answer)
    begun_at = here.post(
        "/api/account/addresses",
        {"address": f"{subject}@example.org"},
        token=inside["access_token"],
    ).json_body["attempt_id"]
    proof = {"attempt_id": begun_at, "code": code_of(begun_at)}
    token = inside["access_token"]
    done = here.post("/api/account/addresses/confirmation", proof, token=token)
    assert done.status_code == 200, done.body
    session = session_by_code(here, f"{subject}@example.org")
    assert session["account"]["account_id"] == inside["account"]["account_id"]
    return session["account"], session["access_token"]


MODERATION = "/api/moderation?reason=waiting"


def test_role_is_valid_only_for_sign_in_through_the_organisation(here: Here) -> None:
    """Otherwise a dismissed person could continue with a code to a private mailbox."""
    account, token = officer_with_a_code(here, "dismissed")
    assert (account["roles"], account["assurance"]) == (["resident"], "contact")
    assert here.get("/api/account", token).json_body["roles"] == ["resident"]
    for path in (MODERATION, "/api/admin/people", "/api/admin/audit"):
        refused = here.get(path, token)
        assert refused.status_code == 403
        assert refused.json_body["detail"] == "Sign in through your organisation to do this."
    private = draft_body(service_code="noise-nuisance", attributes={"kind": "noise"})
    stored = here.post("/api/reports", private, key="anybody's").json_body
    path = f"/api/reports/{stored['service_request_id']}"
    assert here.get(path, token).status_code == 404
    stored = accounts_ports().accounts.get(account["account_id"])
    assert stored and stored.grants == (Grant(role="admin"),)


def test_first_administrator_signs_in_with_a_code_until_they_sign_in_through_the_organisation(
    here: Here,
) -> None:
    """The way in for the day on which the organisation's does not work."""
    address = Destination("email", "break-glass@example.org")
    people = people_ports()
    made = invite(address, (Grant(role="admin"),), "operator", people, is_first_admin=True)

    def token() -> str:
        return str(session_by_code(here, address.value)["access_token"])

    assert here.get("/api/admin/people", token()).status_code == 200
    identity = Identity(here.staff.url, "was first")
    assert people.accounts.claim(identity, made.account_id) == made.account_id
    inside = session_of(here, signed_in(here, here.staff, "staff", sub="was first", groups=["it"]))
    assert inside["account"]["account_id"] == made.account_id
    assert here.get("/api/admin/people", inside["access_token"]).status_code == 200
    assert here.get("/api/admin/people", token()).status_code == 403


def test_administrators_see_who_signed_in_through_the_organisation(here: Here) -> None:
    said = {"name": "Officer One\n", "email": "one@work.example.org"}
    answer = signed_in(here, here.staff, "staff", sub="one", groups=["it"], **said)
    session = session_of(here, answer)
    items = here.get("/api/admin/people", session["access_token"]).json_body["items"]
    [shown] = [each for each in items if each["account_id"] == session["account"]["account_id"]]
    assert (shown["name"], shown["address"], shown["subject"]) == (
        "Officer One",
        "one@work.example.org",
        "one",
    )
    address = Destination("email", "one@work.example.org")
    assert accounts_ports().accounts.owner(address) is None


# Attacks on the way back.


def test_only_the_browser_that_started_it_is_signed_in(here: Here) -> None:
    """Else a thief has somebody sign in to the thief's account, or uses a code that leaked."""
    way, cookie = begun(here, "national")
    query = here.national.sign_in(way)
    others = begun(here, "national")[1]
    name, _, value = cookie.partition("=")
    wrong = ["", f"{name}=", f"{name}={value[:-1]}", f"{name}={value[::-1]}", f"other={value}"]
    for each in [*wrong, others, f"{name}={query['state']}"]:
        answer = back(here, "national", query, each)
        assert answer.status_code == 404 and "Set-Cookie" not in answer.headers
    assert back(here, "national", query, cookie).status_code == 303


def test_sign_ins_and_refusals_are_audited_and_counted(here: Here) -> None:
    before = audited()
    way, cookie = begun(here, "national")
    with capture_lines() as lines:
        assert back(here, "national", here.national.sign_in(way), cookie).status_code == 303
        way, cookie = begun(here, "national")
        query = here.national.sign_in(way, aud="another")
        assert back(here, "national", query, cookie).status_code == 403
    entries = [each for each in audited() if each not in before]
    assert [(each.actor == each.subject, each.action, each.details) for each in entries] == [
        (False, "account.sign_in_failed", "national"),
        (True, "account.sign_in", "national"),
    ]
    assert entries[0].actor == "nobody"
    assert [line["sign_ins"] for line in decode_lines(lines, event="somebody signed in")] == [1]
    assert [line["sign_in_failures"] for line in decode_lines(lines, event="a sign-in failed")] == [
        1
    ]


def test_two_cookies_of_one_name_are_refused_and_the_sign_in_can_be_finished(here: Here) -> None:
    way, cookie = begun(here, "national")
    query, others = here.national.sign_in(way), begun(here, "national")[1]
    for both in (f"{others}; {cookie}", f"{cookie}; {others}", f"{cookie}; {cookie}"):
        answer = back(here, "national", query, both)
        assert answer.status_code == 400 and "Set-Cookie" not in answer.headers
        assert b"two cookies with the same name" in answer.body
    assert back(here, "national", query, cookie).status_code == 303


def test_state_and_code_are_valid_once(here: Here) -> None:
    way, cookie = begun(here, "national")
    query = here.national.sign_in(way)
    answer = back(here, "national", query, cookie)
    assert answer.status_code == 303
    assert cookies_in(answer)[1].startswith("ginnel-handover=; Max-Age=0; ")
    assert back(here, "national", query, cookie).status_code == 404
    fresh = here.national.sign_in(way)
    assert back(here, "national", fresh, cookie).status_code == 404


def test_one_of_ten_concurrent_returns_is_signed_in(here: Here) -> None:
    tokens = here.national.asked["/token"]
    way, cookie = begun(here, "national")
    query, ports = here.national.sign_in(way), sign_on_ports()
    browser = cookie.partition("=")[2]
    sent = ProviderReturn("national", query["state"], query["code"], None, browser)

    def outcome(_: int) -> bool:
        try:
            return bool(finish_sign_in(sent, "Phone", ports))
        except NotFound:
            return False

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(outcome, range(10))) == 1
    assert here.national.asked["/token"] == tokens + 1


def test_handover_expires_after_ten_minutes_while_its_row_exists(here: Here) -> None:
    for after_s, status in ((598, 303), (600, 404)):
        way, cookie = begun(here, "national")
        query = here.national.sign_in(way)
        here.national.claims = {"iat": 1_577_836_800, "exp": 4_102_444_800}
        with time_machine.travel(datetime.now(UTC) + timedelta(seconds=after_s), tick=False):
            assert back(here, "national", query, cookie).status_code == status


def test_code_of_another_sign_in_is_refused(here: Here) -> None:
    """A code that leaked is bound to its own verifier (RFC 7636)."""
    leaked = here.national.sign_in(begun(here, "national")[0], sub="somebody")["code"]
    way, cookie = begun(here, "national")
    query = {"state": query_of(way)["state"], "code": leaked}
    answer = back(here, "national", query, cookie)
    assert answer.status_code == 403 and "Set-Cookie" not in answer.headers


def test_code_of_one_issuer_never_goes_to_another(here: Here) -> None:
    """The mix-up (RFC 9700, 4.4): each has its own address to come back to, and may name itself."""
    way, cookie = begun(here, "national")
    query = here.national.sign_in(way)
    before = here.staff.asked["/token"], here.national.asked["/token"]
    assert back(here, "staff", query, cookie).status_code == 404
    way, cookie = begun(here, "national")
    query = here.national.sign_in(way) | {"iss": here.staff.url}
    assert back(here, "national", query, cookie).status_code == 403
    here.staff.names_itself = True
    assert (here.staff.asked["/token"], here.national.asked["/token"]) == before


def test_id_token_for_another_sign_in_is_refused(here: Here) -> None:
    here.national.claims = {"nonce": query_of(begun(here, "national")[0])["nonce"]}
    assert signed_in(here, here.national, "national").status_code == 403


@pytest.mark.parametrize(
    "claims",
    [{"iss": "https://elsewhere.example"}, {"aud": "another"}, {"exp": 1_577_836_800}],
    ids=repr,
)
def test_invalid_id_token_signs_nobody_in(claims: dict[str, Any], here: Here) -> None:
    here.national.claims = claims
    answer = signed_in(here, here.national, "national")
    assert answer.status_code == 403 and "Set-Cookie" not in answer.headers
    assert b"could not confirm who you are" in answer.body


@pytest.mark.parametrize(
    "state", ["", "x", "0" * 32, "0" * 31, "G" * 32, "0" * 33, "x" * 5000, "\x00", "🗝"]
)
def test_page_says_to_start_again_when_the_state_is_unknown(state: str, here: Here) -> None:
    cookie = begun(here, "national")[1]
    answer = back(here, "national", {"state": state, "code": "x"}, cookie)
    assert answer.status_code == 404 and b"/forms/sign-in" in answer.body


@pytest.mark.parametrize("code", ["x" * 2001, "\x00", "a&redirect_uri=https://elsewhere.example"])
def test_code_is_refused_when_it_is_unknown(code: str, here: Here) -> None:
    way, cookie = begun(here, "national")
    query = {"state": query_of(way)["state"], "code": code}
    assert back(here, "national", query, cookie).status_code in (403, 404)


@pytest.mark.parametrize("provider", ["nobody", "..%2Fstaff", "NATIONAL", "x" * 300])
def test_unknown_organisation_is_refused(provider: str, here: Here) -> None:
    for method, path in (("POST", "with"), ("GET", "back")):
        answer = here.client.http.request(
            method,
            f"/forms/sign-in/{path}/{provider}?state={'0' * 32}&code=x",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=b"next=/",
        )
        assert answer.status_code == 404


@pytest.mark.parametrize("onward", OFF_SITE)
def test_sign_in_redirects_only_within_the_site(onward: str, here: Here) -> None:
    way, cookie = begun(here, "national", onward)
    answer = back(here, "national", here.national.sign_in(way), cookie)
    assert answer.headers["Location"] == "/account/"


@pytest.mark.parametrize("foreign", FOREIGN)
def test_another_sites_page_starts_nothing(foreign: dict[str, str], here: Here) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"} | foreign
    answer = post_form(here.client.http, "/forms/sign-in/with/national", headers, next="/")
    assert answer.status_code == 403 and "Set-Cookie" not in answer.headers


def test_get_starts_nothing_and_the_page_writes_nothing(here: Here) -> None:
    with record_tries() as tries:
        assert here.client.http.get("/forms/sign-in").status_code == 200
        assert here.client.http.get("/forms/sign-in/with/national").status_code in (403, 405)
        back(here, "national", {"state": "0" * 32, "code": "x"}, "")
    assert [each.operation for each in tries if not each.operation.endswith(READS)] == []


def test_cookie_is_sent_only_on_the_return_and_not_readable_by_scripts(here: Here) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SITE_URL", "https://report.council.example")
        container.forget_built()
        answer = post_form(here.client.http, "/forms/sign-in/with/national", next="/")
        page = here.client.http.get("/forms/sign-in")
    container.forget_built()
    [cookie] = cookies_in(answer)
    assert cookie.startswith("__Secure-ginnel-handover=")
    parts = set(cookie.split("; ")[1:])
    assert parts == {
        "Path=/forms/sign-in/back",
        "Max-Age=600",
        "HttpOnly",
        "SameSite=Lax",
        "Secure",
    }
    back_to = query_of(str(answer.headers["Location"]))["redirect_uri"]
    assert back_to == "https://report.council.example/forms/sign-in/back/national"
    assert "form-action 'self' https:;" in page.headers["Content-Security-Policy"]


def test_each_sign_in_opens_a_new_session(here: Here) -> None:
    first = cookie_in(signed_in(here, here.national, "national"))
    second = cookie_in(signed_in(here, here.national, "national"))
    assert first.split(".")[0] == second.split(".")[0]
    assert first.split(".")[1] != second.split(".")[1]


def test_nothing_personal_or_secret_is_logged(
    here: Here, capsys: pytest.CaptureFixture[str]
) -> None:
    way, cookie = begun(here, "national")
    query = here.national.sign_in(way, sub="canary-subject", email="canary@example.org")
    answer = back(here, "national", query, cookie)
    back(here, "national", query, cookie)
    said = capsys.readouterr().out
    asked = query_of(way)
    secrets = (cookie.partition("=")[2], cookie_in(answer), asked["nonce"], asked["state"])
    for secret in (*secrets, query["code"], "canary", CLIENT_SECRET):
        assert secret not in said


# When something does not answer.


def test_page_says_to_try_again_when_the_issuer_does_not_answer(here: Here) -> None:
    way, cookie = begun(here, "staff")
    query = here.staff.sign_in(way)
    here.staff.is_down = True
    answer = back(here, "staff", query, cookie)
    assert answer.status_code == 503 and answer.headers["Retry-After"]


def test_redirect_is_refused_when_the_issuer_does_not_answer(here: Here) -> None:
    here.staff.is_down = True
    container.forget_built()
    with record_tries() as tries:
        answer = post_form(here.client.http, "/forms/sign-in/with/staff", next="/")
    assert answer.status_code == 503 and "Set-Cookie" not in answer.headers
    assert [each.operation for each in tries if not each.operation.endswith(READS)] == []


def test_nothing_is_lost_when_a_reply_of_the_store_is_lost(here: Here) -> None:
    for nth in range(1, 20):
        way, cookie = begun(here, "staff")
        query = here.staff.sign_in(way, sub=f"lost {nth}", groups=["roads"])
        with lose_reply(nth) as struck:
            answer = back(here, "staff", query, cookie)
        account = session_of(here, answer)["account"]
        assert account["role"] == "officer"
        if not struck:
            break
    assert nth > 5


# What a service asks for.


@pytest.mark.parametrize(
    ("service_code", "vot", "status"),
    [
        ("pothole", None, 201),
        ("pavement", None, 403),
        ("pavement", "P1", 201),
        ("litter", None, 403),
        ("litter", "P1", 403),
        ("litter", "P2", 201),
    ],
)
def test_report_is_accepted_when_the_reporters_assurance_suffices(
    service_code: str, vot: str | None, status: int, here: Here
) -> None:
    token = None
    if vot:
        answer = signed_in(here, here.national, "national", sub="reporter", vot=vot)
        token = session_of(here, answer)["access_token"]
    sent = draft_body(service_code=service_code)
    answer = here.post("/api/reports", sent, key=f"{service_code} {vot}", token=token)
    assert answer.status_code == status, answer.body
    if status == 403:
        assert answer.json_body["detail"].startswith("Sign in ")


def test_anonymous_report_has_no_assurance(here: Here) -> None:
    answer = signed_in(here, here.national, "national", sub="reporter", vot="P2")
    token = session_of(here, answer)["access_token"]
    sent = draft_body(service_code="pavement", anonymous=True)
    assert here.post("/api/reports", sent, key="anonymous", token=token).status_code == 403


@pytest.mark.parametrize(("groups", "status"), [(["it"], 201), ([], 403)])
def test_staff_with_a_role_have_enough_assurance(
    groups: list[str], status: int, here: Here
) -> None:
    answer = signed_in(here, here.staff, "staff", sub="sure", groups=groups)
    token = session_of(here, answer)["access_token"]
    sent = draft_body(service_code="litter")
    key = f"staff {len(groups)}"
    assert here.post("/api/reports", sent, key=key, token=token).status_code == status


def test_officer_reports_for_a_caller_without_proof_of_who_the_caller_is(here: Here) -> None:
    _, token = officer_with_a_code(here, "helper")
    sent = draft_body(service_code="litter", channel="phone")
    assert here.post("/api/reports", sent, key="rings", token=token).status_code == 403
    desk = Destination("email", "desk@example.org")
    grants = (Grant(role="admin"),)
    invite(desk, grants, "operator", people_ports(), is_first_admin=True)
    token = session_by_code(here, desk.value)["access_token"]
    own = draft_body(service_code="litter")
    assert here.post("/api/reports", own, key="own", token=token).status_code == 403
    assert here.post("/api/reports", sent, key="rings", token=token).status_code == 201


def test_repeat_gets_its_stored_report_when_the_service_requires_more_since(here: Here) -> None:
    sent = draft_body(service_code="pavement")
    council = container.settings().council
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COUNCIL", "demo")
        container.forget_built()
        first = here.post("/api/reports", sent, key="before")
        patch.setenv("COUNCIL", council)
        container.forget_built()
        again = here.post("/api/reports", sent, key="before")
    assert (first.status_code, again.status_code) == (201, 201)
    assert here.post("/api/reports", sent, key="after").status_code == 403


def test_form_without_javascript_explains_the_required_assurance_first(
    here: Here,
) -> None:
    words = {"step": "service", "key": "k", "address": "Outside number 12", "done": "where"}
    for service_code, is_asked in (("pothole", False), ("litter", True)):
        answer = post_form(here.client.http, "/forms/report", **words, service_code=service_code)
        text = answer.body.decode()
        assert ("Sign in to report this</h1>" in text) is is_asked
        assert ('href="/forms/sign-in?next=/report/"' in text) is is_asked
        assert ("nobody else can report it for them" in text) is is_asked
        assert re.search(r'name="address" value="Outside number 12"', text)


def test_open311_lists_the_service_and_refuses_its_reports(here: Here) -> None:
    from tests.support.open311 import assert_errors, json_of, other_system

    other = other_system(here)
    listed = {each["service_code"]: each for each in json_of(other.get("services.json"))}
    assert set(listed["litter"]) == set(listed["pothole"])
    assert_errors(other.report(service_code="litter"), 403, "Sign in")


def test_issuers_site_is_only_asked_for_its_published_documents(here: Here) -> None:
    for issuer in (here.national, here.staff):
        assert set(issuer.asked) <= {"/.well-known/openid-configuration", "/jwks", "/token"}
    assert urlsplit(here.national.url).hostname == "127.0.0.1"
