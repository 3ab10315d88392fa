"""API keys: who holds one, what for, and how often."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from msgspec.structs import replace

from chalicelib.errors import Forbidden, Invalid, NotFound, TooMany, UpstreamFailed
from chalicelib.partners.model import ApiKey, NewKey
from chalicelib.partners.ports import Ports
from chalicelib.partners.usecases import (
    authorise_read,
    authorise_write,
    create_key,
    list_keys,
    revoke,
)
from tests.support.fakes import Clock
from tests.support.fakes_partners import MemoryKeys


def counted() -> Callable[[int], str]:
    """Random bytes that are none: one number after the other."""
    numbers = count(1)
    return lambda size: f"{next(numbers):0{size * 2}x}"


@pytest.fixture
def keys() -> MemoryKeys:
    return MemoryKeys()


@pytest.fixture
def ports(keys: MemoryKeys, clock: Clock) -> Ports:
    return Ports(keys=keys, service_codes=("pothole", "graffiti"), token_hex=counted(), now=clock)


def test_new_key_is_accepted(ports: Ports) -> None:
    made = create_key(NewKey(name="FixMyStreet"), ports)
    assert authorise_write(made.text, "pothole", ports).key_id == made.key.key_id
    assert authorise_read(made.text, ports).name == "FixMyStreet"


def test_key_cannot_be_recovered_from_the_store(ports: Ports, keys: MemoryKeys) -> None:
    made = create_key(NewKey(name="FixMyStreet"), ports)
    secret = made.text.rpartition("_")[2]
    assert len(secret) == 64
    assert secret not in repr(keys.all())


def test_key_is_not_made_when_a_service_is_unknown(ports: Ports, keys: MemoryKeys) -> None:
    with pytest.raises(Invalid, match="no service tree"):
        create_key(NewKey(name="Trees", service_codes=["pothole", "tree"]), ports)
    assert keys.all() == []


def refused(text: str | None, ports: Ports, service_code: str | None = None) -> str:
    with pytest.raises(Forbidden) as caught:
        authorise_write(text, service_code, ports)
    return caught.value.detail


def test_every_refusal_has_the_same_text(ports: Ports) -> None:
    good = create_key(NewKey(name="One", service_codes=["pothole"]), ports).text
    gone = create_key(NewKey(name="Two"), ports)
    revoke(gone.key.key_id, ports)
    _, key_id, secret = good.split("_")
    wrong = [
        None,
        "",
        "x",
        good[:-1],
        good + "\n",
        good.upper(),
        f"ginnel_{key_id}_{'0' * 64}",
        f"ginnel_{'f' * 12}_{secret}",
        f"ginnel_{gone.key.key_id}_{secret}",
        gone.text,
        "ginnel_" + "é" * 12 + "_" + secret,
    ]
    details = {refused(text, ports) for text in wrong} | {refused(good, ports, "graffiti")}
    assert len(details) == 1


def test_revoked_key_is_refused_at_once(ports: Ports, clock: Clock) -> None:
    made = create_key(NewKey(name="One"), ports)
    first = revoke(made.key.key_id, ports)
    refused(made.text, ports)
    clock.now += timedelta(days=1)
    assert revoke(made.key.key_id, ports) == first


def test_revoking_an_unknown_key_is_refused(ports: Ports) -> None:
    with pytest.raises(NotFound):
        revoke("0" * 12, ports)


def test_list_has_valid_keys_first_newest_first(ports: Ports, clock: Clock) -> None:
    for name in ("old", "revoked", "new"):
        clock.now += timedelta(hours=1)
        made = create_key(NewKey(name=name), ports)
        if name == "revoked":
            revoke(made.key.key_id, ports)
    assert [key.name for key in list_keys(ports)] == ["new", "old", "revoked"]


# How often


def passed(text: str, times: int, ports: Ports) -> int:
    """How many of so many writes are admitted."""
    done = 0
    for _ in range(times):
        try:
            authorise_write(text, None, ports)
        except TooMany:
            continue
        done += 1
    return done


def test_key_writes_up_to_its_limit(ports: Ports, clock: Clock) -> None:
    one = create_key(NewKey(name="One", per_minute=3), ports).text
    other = create_key(NewKey(name="Two", per_minute=2), ports).text
    assert (passed(one, 10, ports), passed(other, 10, ports)) == (3, 2)
    clock.now += timedelta(seconds=59)
    assert passed(one, 1, ports) == 0
    clock.now += timedelta(seconds=1)
    assert passed(one, 10, ports) == 3


@pytest.mark.parametrize(("second", "wait"), [(0, 61), (59, 2)])
def test_refusal_has_the_waiting_time_when_a_key_wrote_too_often(
    second: int, wait: int, ports: Ports, clock: Clock
) -> None:
    clock.now = clock.now.replace(second=second)
    made = create_key(NewKey(name="One", per_minute=1), ports)
    authorise_write(made.text, None, ports)
    with pytest.raises(TooMany) as caught:
        authorise_write(made.text, None, ports)
    assert caught.value.retry_after_s == wait


def test_key_reads_up_to_ten_times_its_limit_of_writes(ports: Ports) -> None:
    text = create_key(NewKey(name="One", per_minute=2), ports).text
    for _ in range(20):
        authorise_read(text, ports)
    with pytest.raises(TooMany, match="20 reads"):
        authorise_read(text, ports)
    assert passed(text, 3, ports) == 2


class KeysThatFail(MemoryKeys):
    """Reads keys, and answers no write."""

    def count(self, *_: object) -> int:
        raise UpstreamFailed("No answer.")

    def note_use(self, *_: object) -> None:
        raise UpstreamFailed("No answer.")


class NoKeys(MemoryKeys):
    def get(self, key_id: str) -> ApiKey | None:
        raise UpstreamFailed("No answer.")


def test_key_is_accepted_when_counting_fails(ports: Ports) -> None:
    ports = replace(ports, keys=KeysThatFail())
    made = create_key(NewKey(name="One", per_minute=1), ports)
    assert passed(made.text, 5, ports) == 5
    assert all(authorise_read(made.text, ports) for _ in range(11))


def test_all_are_refused_when_keys_cannot_be_read(ports: Ports) -> None:
    text = create_key(NewKey(name="One"), ports).text
    with pytest.raises(UpstreamFailed):
        authorise_write(text, None, replace(ports, keys=NoKeys()))


# When it was used


def test_use_of_a_key_is_recorded_once_an_hour(
    ports: Ports, keys: MemoryKeys, clock: Clock
) -> None:
    made = create_key(NewKey(name="One"), ports)
    began = clock.now
    seen = []
    for minutes in (0, 59, 60, 61):
        clock.now = began + timedelta(minutes=minutes)
        authorise_read(made.text, ports)
        key = keys.get(made.key.key_id)
        assert key and key.last_used_at
        seen.append((key.last_used_at - began) // timedelta(minutes=1))
    assert seen == [0, 0, 60, 60]
