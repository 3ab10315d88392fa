"""What the partners slice relies on where keys are kept: in memory as in DynamoDB."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from chalicelib.bootstrap.partners import partners_ports
from chalicelib.errors import TooMany, UpstreamFailed
from chalicelib.partners.dynamo import DynamoKeys
from chalicelib.partners.model import ApiKey, NewKey
from chalicelib.partners.ports import CallKind, Keys
from chalicelib.partners.usecases import authorise_read, authorise_write, create_key
from infra.local.cloud import Cloud
from tests.engines import Dynalite
from tests.support.builders import NOON
from tests.support.fakes import Clock
from tests.support.fakes_partners import MemoryKeys
from tests.support.seam import ALL_TRIES, REFUSALS, Refusal, lose_reply, record_tries, refuse_call

KEY = ApiKey(
    key_id="0123456789ab",
    name="FixMyStreet – Ünïcode",
    hashed="f" * 64,
    service_codes=("graffiti", "pothole"),
    sets_state=True,
    reports="waiting",
    per_minute=7,
    created_at=NOON,
)
PLAIN = ApiKey(
    key_id="ba9876543210",
    name="Plain",
    hashed="0" * 64,
    service_codes=None,
    sets_state=False,
    per_minute=60,
    created_at=NOON + timedelta(seconds=1),
)
HOUR = timedelta(hours=1)


@pytest.fixture(params=["memory", "moto", "dynalite"])
def keys(request: pytest.FixtureRequest) -> Keys:
    if request.param == "memory":
        return MemoryKeys()
    if request.param == "moto":
        request.getfixturevalue("cloud")
        return partners_ports().keys
    dynalite: Dynalite = request.getfixturevalue("dynalite")
    return DynamoKeys(dynalite.new_table("PartnersTable"))


def test_every_field_comes_back_when_a_key_is_read(keys: Keys) -> None:
    for key in (KEY, PLAIN):
        keys.add(key)
        assert keys.get(key.key_id) == key
    assert sorted(keys.all(), key=lambda key: key.key_id) == [KEY, PLAIN]
    assert keys.get("f" * 12) is None


def test_key_keeps_its_first_revocation_and_its_last_use(keys: Keys) -> None:
    keys.add(KEY)
    keys.note_use(KEY.key_id, NOON)
    keys.note_use(KEY.key_id, NOON + HOUR)
    for moment in (NOON + HOUR, NOON + 2 * HOUR):
        revoked = keys.revoke(KEY.key_id, moment)
        assert revoked == replace(KEY, last_used_at=NOON + HOUR, revoked_at=NOON + HOUR)
    assert keys.get(KEY.key_id) == revoked


def test_nothing_is_stored_when_an_unknown_key_is_revoked(keys: Keys) -> None:
    assert keys.revoke(KEY.key_id, NOON) is None
    assert keys.all() == []


def test_uses_are_counted_for_each_key_kind_and_minute(keys: Keys) -> None:
    keys.add(KEY)
    later = NOON + timedelta(minutes=1)
    counted: list[tuple[str, CallKind, datetime]] = [
        ("a", "writes", NOON),
        ("a", "writes", NOON),
        ("a", "writes", later),
        ("b", "writes", NOON),
        ("a", "reads", NOON),
        ("a", "writes", NOON),
    ]
    assert [keys.count(*each) for each in counted] == [1, 2, 1, 1, 1, 3]
    assert keys.all() == [KEY]


def test_exactly_the_permitted_writes_pass_in_fifty_more_concurrent_ones(
    cloud: Cloud,
) -> None:
    ports = replace(partners_ports(), now=Clock())
    text = create_key(NewKey(name="One", per_minute=20), ports).text

    def passes(_: int) -> bool:
        try:
            authorise_write(text, "pothole", ports)
        except TooMany:
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(passes, range(70))) == 20


def test_call_costs_a_read_and_a_count(cloud: Cloud) -> None:
    ports = partners_ports()
    text = create_key(NewKey(name="One"), ports).text
    authorise_read(text, ports)
    with record_tries() as tries:
        authorise_write(text, None, ports)
        authorise_read(text, ports)
    asked = [each.operation.partition(".")[2] for each in tries]
    assert asked == ["GetItem", "UpdateItem"] * 2


@pytest.mark.parametrize("kind", REFUSALS)
def test_write_passes_when_counting_fails(kind: Refusal, cloud: Cloud) -> None:
    ports = partners_ports()
    text = create_key(NewKey(name="One", per_minute=1), ports).text
    authorise_read(text, ports)
    for _ in range(2):
        with refuse_call(2, kind=kind, times=ALL_TRIES):
            assert authorise_write(text, None, ports).name == "One"


@pytest.mark.parametrize("kind", REFUSALS)
def test_write_gets_retry_after_when_the_key_cannot_be_read(kind: Refusal, cloud: Cloud) -> None:
    ports = partners_ports()
    text = create_key(NewKey(name="One"), ports).text
    with refuse_call(1, kind=kind, times=ALL_TRIES), pytest.raises(UpstreamFailed):
        authorise_write(text, None, ports)


def test_key_is_revoked_when_the_reply_is_lost(cloud: Cloud) -> None:
    keys = partners_ports().keys
    keys.add(KEY)
    with lose_reply(1):
        assert keys.revoke(KEY.key_id, NOON) == replace(KEY, revoked_at=NOON)
