from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from chalicelib import bootstrap
from tests.api.conftest import Api

BOX = "/api/reports?bbox=-1.1,53.9,-1.0,54.0"


def claims(**changes: Any) -> dict[str, Any]:
    whole = {
        "sub": "somebody",
        "role": "officer",
        "aud": "ginnel-api",
        "iss": bootstrap.settings().site_url,
        "exp": datetime.now(UTC) + timedelta(minutes=5),
    }
    return {name: value for name, value in (whole | changes).items() if value is not None}


def status_with(api: Api, payload: dict[str, Any], secret: str, algorithm: str) -> int:
    token = jwt.encode(payload, secret, algorithm=algorithm)
    status: int = api.get(BOX, token).status_code
    return status


def test_token_holds_when_all_its_claims_do(api: Api) -> None:
    assert status_with(api, claims(), bootstrap.secret("token").current(), "HS256") == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": None},
        {"exp": datetime(2020, 1, 1, tzinfo=UTC)},
        {"aud": None},
        {"aud": "another-api"},
        {"iss": None},
        {"iss": "https://elsewhere.example"},
        {"sub": None},
        {"role": None},
        {"role": "emperor"},
        {"nbf": datetime(2100, 1, 1, tzinfo=UTC)},
    ],
)
def test_token_is_refused_when_a_claim_is_missing_or_wrong(
    changes: dict[str, Any], api: Api
) -> None:
    secret = bootstrap.secret("token").current()
    assert status_with(api, claims(**changes), secret, "HS256") == 401


@pytest.mark.parametrize("algorithm", ["none", "HS384", "HS512"])
def test_token_is_refused_when_its_algorithm_is_not_the_pinned_one(
    algorithm: str, api: Api
) -> None:
    secret = "" if algorithm == "none" else bootstrap.secret("token").current()
    assert status_with(api, claims(), secret, algorithm) == 401


def test_token_is_refused_when_another_secret_signed_it(api: Api) -> None:
    assert status_with(api, claims(), "another secret of enough length, truly", "HS256") == 401
