"""A card number that people type into any field is in no table, no published document, no message
and no line of the log."""

import json
import re
from collections.abc import Iterator

import boto3
import pytest

from infra.local import mail
from infra.local.pay.model import OUTCOMES
from tests.api.conftest import Api
from tests.support.builders import draft_body
from tests.support.log_lines import kept

CARD = next(iter(OUTCOMES))
GROUPED = " ".join(re.findall("....", CARD))


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


@pytest.mark.parametrize("written", [CARD, GROUPED])
def test_typed_card_number_is_nowhere(api: Api, written: str) -> None:
    said = f"Pay with {written} please"
    contact = {"name": said, "email": "payer@example.org"}
    body = draft_body(title=said, description=said, address=said, contact=contact)
    with kept() as lines:
        answer = api.post("/api/reports", body)
        assert answer.status_code == 201, answer.body
        path = f"/api/reports/{answer.json_body['service_request_id']}"
        officer = api.token("officer")
        for where in ("updates", "notes", "questions", "flags"):
            sent = {"text": said} | ({"reason": "other"} if where == "flags" else {})
            api.post(f"{path}/{where}", sent, key=where, token=officer)
        form = f"text={said.replace(' ', '+')}&key={'k' * 30}".encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        page = f"/forms/reports/{path.rpartition('/')[2]}/update"
        api.client.http.post(page, headers=headers, body=form)
        api.cloud.pump.run_until_idle()
    found = [*everything_stored(api), *lines]
    assert any("Pay with **** please" in each for each in found)
    assert not [each for each in found if CARD in re.sub(r"[ +-]", "", each)]
