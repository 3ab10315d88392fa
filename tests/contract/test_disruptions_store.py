"""What every store of disruptions must do, and two officers at the seam."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.bootstrap import container
from chalicelib.bootstrap.disruptions import disruptions_ports
from chalicelib.disruptions.dynamo import DynamoDisruptions
from chalicelib.disruptions.model import DisruptionArea, DisruptionChanges
from chalicelib.disruptions.ports import Disruptions
from chalicelib.disruptions.usecases import (
    Officer,
    change_disruption,
    post_disruption,
    withdraw_disruption,
)
from chalicelib.errors import Conflict, UpstreamFailed
from chalicelib.kernel.optimistic import VersionConflict
from tests.support.builders import NOON
from tests.support.fakes_disruptions import (
    OFFICER,
    DisruptionsWorld,
    MemoryDisruptions,
    disruption,
    disruption_draft,
)
from tests.support.seam import LOSSES, REFUSALS, Loss, Refusal, lose_reply, refuse_call


@pytest.fixture(params=["memory", "moto", "dynalite"])
def store(request: pytest.FixtureRequest) -> Disruptions:
    if request.param == "memory":
        return MemoryDisruptions()
    if request.param == "moto":
        request.getfixturevalue("cloud")
        disruptions_ports()
        return DynamoDisruptions(container.settings().alerts_table)
    disruptions_ports()
    return DynamoDisruptions(request.getfixturevalue("dynalite").new_table("AlertsTable"))


def test_disruption_is_read_as_it_was_stored(store: Disruptions) -> None:
    whole = disruption(
        1, service_codes=("pothole",), withdrawn_at=NOON + timedelta(hours=1), news=3
    )
    council = disruption(2, area=DisruptionArea())
    for each in (whole, council):
        assert store.add(each) == replace(each, version=1)
        assert store.get(each.disruption_id) == replace(each, version=1)
    assert {each.disruption_id for each in store.all()} == {
        whole.disruption_id,
        council.disruption_id,
    }
    assert store.get("0" * 32) is None


def test_stored_disruption_stays_and_is_returned(store: Disruptions) -> None:
    first = store.add(disruption())
    assert store.add(disruption(title="Another")) == first


def test_disruption_is_replaced_only_on_its_version(store: Disruptions) -> None:
    first = store.add(disruption())
    second = store.save(replace(first, title="No bins"))
    assert second.version == 2
    with pytest.raises(VersionConflict):
        store.save(replace(first, title="Another"))
    assert store.get(first.disruption_id) == second


@pytest.fixture
def office(cloud: object) -> DisruptionsWorld:
    office = DisruptionsWorld()
    disruptions_ports()
    office.disruptions = DynamoDisruptions(container.settings().alerts_table)
    return office


def test_one_of_two_officers_gets_a_conflict(office: DisruptionsWorld) -> None:
    first = post_disruption(disruption_draft(), "key", OFFICER, office.ports())
    one = change_disruption(
        first.disruption_id, DisruptionChanges(title="No bins"), 1, OFFICER, office.ports()
    )
    attempts: tuple[Callable[[], object], ...] = (
        lambda: change_disruption(
            first.disruption_id,
            DisruptionChanges(title="None"),
            1,
            Officer("another"),
            office.ports(),
        ),
        lambda: withdraw_disruption(first.disruption_id, 1, Officer("another"), office.ports()),
    )
    for attempt in attempts:
        with pytest.raises(Conflict) as refused:
            attempt()
        assert refused.value.version == one.version
    assert office.disruptions.get(first.disruption_id) == one


def test_write_between_read_and_write_is_detected(office: DisruptionsWorld) -> None:
    first = post_disruption(disruption_draft(), "key", OFFICER, office.ports())

    def between(*_: object) -> None:
        withdraw_disruption(first.disruption_id, 1, Officer("another"), office.ports())

    ports = replace(office.ports(), record_action=between)
    with pytest.raises(Conflict) as refused:
        change_disruption(
            first.disruption_id, DisruptionChanges(title="No bins"), 1, OFFICER, ports
        )
    assert refused.value.version == 2
    stored = office.disruptions.get(first.disruption_id)
    assert stored and stored.withdrawn_at


@pytest.mark.parametrize("loss", LOSSES)
def test_change_is_made_once_when_its_reply_is_lost(loss: Loss, office: DisruptionsWorld) -> None:
    first = post_disruption(disruption_draft(), "key", OFFICER, office.ports())
    later = DisruptionChanges(ends=first.ends + timedelta(hours=1))
    # The first call reads, the second writes.
    with lose_reply(2, loss=loss):
        after = change_disruption(first.disruption_id, later, 1, OFFICER, office.ports())
    assert (after.version, after.news) == (2, 2)
    assert office.disruptions.get(first.disruption_id) == after


@pytest.mark.parametrize("loss", LOSSES)
def test_disruption_is_posted_once_when_the_reply_is_lost(
    loss: Loss, office: DisruptionsWorld
) -> None:
    with lose_reply(1, loss=loss):
        made = post_disruption(disruption_draft(), "key", OFFICER, office.ports())
    assert list(office.disruptions.all()) == [made]


@pytest.mark.parametrize("kind", REFUSALS)
def test_nothing_is_posted_when_the_store_refuses(kind: Refusal, office: DisruptionsWorld) -> None:
    with refuse_call(1, kind=kind, times=1000), pytest.raises(UpstreamFailed):
        post_disruption(disruption_draft(), "key", OFFICER, office.ports())
    assert list(office.disruptions.all()) == []
