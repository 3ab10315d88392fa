"""What signing in elsewhere relies on where handovers are kept: in memory as in DynamoDB."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.accounts.dynamo.handovers import DynamoHandovers
from chalicelib.accounts.single_sign_on import Handover, Handovers
from infra.local.cloud import Cloud
from tests.engines import Dynalite
from tests.support.builders import NOON
from tests.support.fakes_single_sign_on import MemoryHandovers

SECOND = timedelta(seconds=1)
HANDOVER = Handover(
    handover_id="7" * 32,
    provider="national",
    onward="/map/?a=b",
    created_at=NOON,
    expires_at=NOON + timedelta(minutes=10),
)


@pytest.fixture(params=["memory", "moto", "dynalite"])
def handovers(request: pytest.FixtureRequest) -> Handovers:
    if request.param == "memory":
        return MemoryHandovers()
    if request.param == "moto":
        cloud: Cloud = request.getfixturevalue("cloud")
        return DynamoHandovers(cloud.environment["ACCOUNTS_TABLE"])
    dynalite: Dynalite = request.getfixturevalue("dynalite")
    return DynamoHandovers(dynalite.new_table("AccountsTable"))


def test_handover_is_consumed_once_and_stored_once(handovers: Handovers) -> None:
    handovers.add(HANDOVER)
    handovers.add(replace(HANDOVER, provider="another"))
    used = replace(HANDOVER, session_id="first")
    assert handovers.use(HANDOVER.handover_id, "first", NOON) == used
    assert handovers.use(HANDOVER.handover_id, "second", NOON) is None
    assert handovers.use("8" * 32, "first", NOON) is None


@pytest.mark.parametrize(
    ("after", "holds"), [(-SECOND, True), (0 * SECOND, False), (SECOND, False)]
)
def test_expired_handover_counts_as_gone_while_its_row_exists(
    after: timedelta, holds: bool, handovers: Handovers
) -> None:
    handovers.add(HANDOVER)
    moment = HANDOVER.expires_at + after
    assert (handovers.use(HANDOVER.handover_id, "session", moment) is not None) is holds
