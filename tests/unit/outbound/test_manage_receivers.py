"""Who is told by webhook, and who says so."""

from base64 import b64decode

import pytest
from msgspec.structs import replace

from chalicelib.errors import AddressRefused, Conflict, Forbidden, Invalid, NotFound
from chalicelib.outbound.ports import Ports
from chalicelib.outbound.receivers import (
    SECRET_BYTES,
    Filter,
    Receiver,
    ReceiverChanges,
    ReceiverDraft,
)
from chalicelib.outbound.usecases.manage_receivers import (
    add_receiver,
    change_receiver,
    list_receivers,
    remove_receiver,
)
from tests.support.fakes_outbound import OutboundWorld, receiver

DRAFT = ReceiverDraft(name="Data warehouse", url="https://warehouse.example/hook")
LEDGER = Filter(kinds=("ledger.entry",))


def add(ports: Ports, draft: ReceiverDraft = DRAFT, key: str = "k") -> Receiver:
    return add_receiver(draft, key, "account:admin", ports)


def test_receiver_gets_its_own_secret(ports: Ports) -> None:
    first, second = add(ports), add(ports, key="other")
    assert first.secret != second.secret
    assert all(each.secret.startswith("whsec_") for each in (first, second))
    assert len(b64decode(first.secret.removeprefix("whsec_"))) == SECRET_BYTES == 32


def test_receiver_is_added_once_with_one_secret_when_the_request_is_repeated(ports: Ports) -> None:
    assert {add(ports) == add(ports) for _ in range(10)} == {True}
    assert len(list_receivers(ports)) == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(DRAFT, name="Another"),
        replace(DRAFT, url="https://other.example/"),
        replace(DRAFT, filter=Filter(service_codes=("pothole",))),
        replace(DRAFT, enabled=False),
    ],
)
def test_receiver_is_unchanged_when_another_has_its_key(other: ReceiverDraft, ports: Ports) -> None:
    first = add(ports)
    with pytest.raises(Conflict):
        add(ports, other)
    assert list_receivers(ports) == [first]


def test_receiver_of_another_admin_is_separate_under_the_same_key(ports: Ports) -> None:
    add(ports)
    add_receiver(DRAFT, "k", "account:another", ports)
    assert len(list_receivers(ports)) == 2


def test_receiver_is_refused_when_its_address_is_not_allowed(outside: OutboundWorld) -> None:
    def refuse(url: str) -> None:
        raise AddressRefused.field("url", "is not public")

    outside.check_url = refuse
    with pytest.raises(AddressRefused):
        add(outside.ports())
    outside.receivers.create(receiver())
    with pytest.raises(AddressRefused):
        changes = ReceiverChanges(url="https://127.0.0.1/")
        change_receiver(receiver().receiver_id, changes, 1, outside.ports())
    assert [each.url for each in outside.receivers.all()] == [receiver().url]


def test_receiver_is_changed_only_in_the_named_fields(ports: Ports) -> None:
    first = add(ports)
    after = change_receiver(first.receiver_id, ReceiverChanges(enabled=False), 1, ports)
    assert after == replace(first, enabled=False, version=2)


@pytest.mark.parametrize("version", [0, 2])
def test_receiver_is_unchanged_after_a_version_conflict(version: int, ports: Ports) -> None:
    first = add(ports)
    with pytest.raises(Conflict) as refused:
        change_receiver(first.receiver_id, ReceiverChanges(name="New"), version, ports)
    assert refused.value.version == 1 and list_receivers(ports) == [first]


def test_missing_receiver_cannot_be_changed(ports: Ports) -> None:
    with pytest.raises(NotFound):
        change_receiver("0" * 32, ReceiverChanges(name="New"), 1, ports)


def test_removed_receiver_is_gone(ports: Ports) -> None:
    first = add(ports)
    remove_receiver(first.receiver_id, ports)
    with pytest.raises(NotFound):
        remove_receiver(first.receiver_id, ports)
    assert list_receivers(ports) == []


def test_ledger_is_sent_only_by_somebody_who_may_see_it(ports: Ports) -> None:
    asking = replace(DRAFT, filter=LEDGER)
    with pytest.raises(Forbidden):
        add(ports, asking)
    assert list_receivers(ports) == []
    added = add_receiver(asking, "k", "account:admin", ports, reads_ledger=True)
    assert list_receivers(ports) == [added]


@pytest.mark.parametrize(
    ("before", "changes"),
    [
        (Filter(), ReceiverChanges(filter=LEDGER)),
        (LEDGER, ReceiverChanges(url="https://elsewhere.example/")),
        (LEDGER, ReceiverChanges(filter=Filter())),
    ],
)
def test_receiver_of_the_ledger_is_changed_only_by_somebody_who_may_see_it(
    before: Filter, changes: ReceiverChanges, outside: OutboundWorld
) -> None:
    ports, stored = outside.ports(), outside.receivers.create(receiver(filter=before))
    with pytest.raises(Forbidden):
        change_receiver(stored.receiver_id, changes, 1, ports)
    assert list_receivers(ports) == [stored]
    assert change_receiver(stored.receiver_id, changes, 1, ports, reads_ledger=True) != stored


def test_receiver_may_have_the_cases_of_services_only_if_it_is_said_so(ports: Ports) -> None:
    assert add(ports).case_services == ()
    named = add(ports, replace(DRAFT, case_services=("pothole", "graffiti")), key="other")
    assert named.case_services == ("pothole", "graffiti")
    after = change_receiver(named.receiver_id, ReceiverChanges(case_services=()), 1, ports)
    assert after.case_services == ()


def test_receiver_is_refused_when_it_names_an_unknown_service(ports: Ports) -> None:
    fault = r"case_services\[1\]: 'bins' is not a service; choose from: pothole, fallen-tree"
    with pytest.raises(Invalid, match=fault):
        add(ports, replace(DRAFT, case_services=("pothole", "bins")))
    stored = add(ports)
    with pytest.raises(Invalid):
        change_receiver(stored.receiver_id, ReceiverChanges(case_services=("bins",)), 1, ports)
    assert list_receivers(ports) == [stored]
