"""An erased person gets no more messages, even those that were on their way."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.accounts.model import Destination
from chalicelib.accounts.usecases.erasing import INDEX_LAG, erase_due
from chalicelib.alerts.usecases.sending import wake_due_alerts
from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.bootstrap.alerts import delivery_ports
from chalicelib.bootstrap.privacy import erasure_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.kernel.time import utc_now
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.updating import add_update
from infra.local import mail
from infra.tokens import account_with, token_of
from tests.api.conftest import Api
from tests.support.builders import MARKET_PLACE, draft_body, update_draft

pytestmark = pytest.mark.usefixtures("unpublished")
WORK = "alex@work.example"
HOME = "alex@example.org"
STREET = {"kind": "area", **MARKET_PLACE, "radius_m": 500}
HOUR = timedelta(hours=1)


@pytest.fixture
def token(api: Api) -> str:
    """Somebody who has confirmed two addresses."""
    people = accounts_ports()
    addresses = tuple(Destination("email", each) for each in (HOME, WORK))
    account = account_with("resident", "a" * 32, people, addresses)
    return token_of(account, timedelta(minutes=5), "A test", people)


def subscribe(api: Api, token: str | None, **values: Any) -> None:
    wish = {"channel": "email", "to": HOME, "topic": STREET, **values}
    assert api.post("/api/subscriptions", wish, key=None, token=token).status_code == 201


def report(api: Api, key: str, token: str | None = None, **values: Any) -> str:
    answer = api.post("/api/reports", draft_body(**values), key=key, token=token)
    assert answer.status_code == 201, answer.body
    return str(answer.json_body["service_request_id"])


def letters_to_the_person() -> list[str]:
    """Their subjects."""
    return [each["Subject"] for each in mail.emails() if each["To"] in (HOME, WORK)]


def send_all_that_is_due(api: Api) -> None:
    """What waits for a digest, the end of quiet hours or the day of the question goes out: six
    hours on, outside the quiet ones."""
    for days in (1, 4, 8):
        with time_machine.travel(utc_now() + timedelta(days=days) + 6 * HOUR, tick=False):
            wake_due_alerts(delivery_ports())
            api.cloud.pump.run_until_idle()


def everything_is_on_its_way(api: Api, token: str) -> str:
    """Alerts at once and to be confirmed, a digest, quiet hours, and a question that waits."""
    own = report(api, "own", token, contact={"email": HOME})
    subscribe(api, token)
    subscribe(api, token, to=WORK, topic={"kind": "council"}, frequency="daily")
    now = utc_now()
    quiet = {"begin": f"{now - 2 * HOUR:%H:%M}", "end": f"{now + 3 * HOUR:%H:%M}"}
    subscribe(api, token, topic={"kind": "report", "service_request_id": own}, quiet=quiet)
    subscribe(api, None, topic={"kind": "council"}, event_types=["fixed"])
    api.cloud.pump.run_until_idle()
    officer = Author("officer", staff_in=EVERYWHERE)
    add_update(own, update_draft(state="fixed"), "fixed", officer, reports_ports())
    api.cloud.pump.run_until_idle()
    # Of this nobody has heard yet.
    report(api, "another", description="Another hole.")
    return own


def forget(api: Api, token: str) -> None:
    assert api.post("/api/account/erasure", {}, key=None, token=token).status_code == 202
    with time_machine.travel(utc_now() + INDEX_LAG, tick=False):
        assert erase_due(erasure_ports()) == {}


@pytest.mark.parametrize("is_forgotten", [True, False])
def test_erased_person_gets_no_pending_alert(is_forgotten: bool, api: Api, token: str) -> None:
    everything_is_on_its_way(api, token)
    if is_forgotten:
        forget(api, token)
    before = letters_to_the_person()
    api.cloud.pump.run_until_idle()
    send_all_that_is_due(api)
    report(api, "later", description="A third hole.")
    api.cloud.pump.run_until_idle()
    after = " ".join(letters_to_the_person()[len(before) :])
    wanted = ("Is it fixed?", ": your alerts", "New report")
    assert before and [each in after for each in wanted] == [not is_forgotten] * 3
    assert bool(after) is not is_forgotten
