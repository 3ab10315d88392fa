"""A card number that people type into any field is in no table, no published document, no message
and no line of the log."""

import json
import re
from collections.abc import Iterator
from urllib.parse import urlencode

import boto3
import pytest

from infra.local import mail
from infra.local.pay.model import OUTCOMES
from tests.api.conftest import Api
from tests.support.builders import draft_body
from tests.support.log_lines import capture_lines
from tests.support.paying import give_order, serve_payments

CARD = next(iter(OUTCOMES))
WRITTEN = [gap.join(re.findall("....", CARD)) for gap in ("", " ", ". ", "  ", "/", "\u00a0")]


def everything_stored(api: Api) -> Iterator[str]:
    """The tables, the published documents and the messages as text."""
    client = boto3.client("dynamodb")
    for table in client.list_tables()["TableNames"]:
        yield json.dumps(client.scan(TableName=table)["Items"], default=str)
    s3 = boto3.client("s3")
    for each in s3.list_objects_v2(Bucket=api.cloud.bucket).get("Contents", []):
        yield (
            s3.get_object(Bucket=api.cloud.bucket, Key=each["Key"])["Body"].read().decode("latin-1")
        )
    yield json.dumps(mail.outbox([]), default=str)


@pytest.mark.parametrize("written", WRITTEN)
def test_typed_card_number_is_nowhere(api: Api, written: str) -> None:
    said = f"Pay with {written} please"
    contact = {"name": said, "email": "payer@example.org"}
    body = draft_body(title=said, description=said, address=said, contact=contact)
    with capture_lines() as lines:
        answer = api.post("/api/reports", body)
        assert answer.status_code == 201, answer.body
        path = f"/api/reports/{answer.json_body['service_request_id']}"
        officer = api.token("officer")
        for where in ("updates", "notes", "questions", "flags"):
            sent = {"text": said} | ({"reason": "other"} if where == "flags" else {})
            api.post(f"{path}/{where}", sent, key=where, token=officer)
        form = urlencode({"text": said, "key": "k" * 30}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        page = f"/forms/reports/{path.rpartition('/')[2]}/update"
        api.client.http.post(page, headers=headers, body=form)
        api.cloud.pump.run_until_idle()
    found = [*everything_stored(api), *lines]
    assert any("Pay with **** please" in each for each in found)
    assert not [each for each in found if has_card(each)]


def has_card(text: str) -> bool:
    """True if the number is in it, with any gaps, escaped or not."""
    return CARD in re.sub(r"\\u00a0|[^0-9A-Za-z]", "", text)


@pytest.mark.parametrize("written", WRITTEN)
def test_card_number_in_what_officers_write_of_money_is_nowhere(api: Api, written: str) -> None:
    said, officer = f"Card {written}", api.token("officer")
    with serve_payments() as pay, capture_lines() as lines:
        for number, way in enumerate(("waiver", "receipt", "payments")):
            answer = api.post("/api/reports", draft_body(), key=f"{number}")
            request_id = answer.json_body["service_request_id"]
            give_order(request_id, 2_000)
            body = {"reason": said} if way == "waiver" else {"number": said}
            answer = api.post(
                f"/api/reports/{request_id}/{way}", {} if way == "payments" else body, token=officer
            )
            assert answer.status_code in (200, 201), answer.body
        pay.enter(answer.json_body["next_url"], CARD)
        refund = f"/api/payments/{answer.json_body['payment_id']}/refunds"
        sent = api.post(refund, {"amount_pence": 500, "reason": said}, token=officer)
        assert sent.status_code == 201, sent.body
        api.cloud.pump.run_until_idle()
    found = [*everything_stored(api), *lines]
    assert sum(each.count("Card ****") for each in found) >= 3
    assert not [each for each in found if has_card(each)]
