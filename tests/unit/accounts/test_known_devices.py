"""A device is known by proofs that it cannot make itself."""

from itertools import count

import pytest

from chalicelib.accounts.model import Destination
from chalicelib.accounts.tokens import MOST_PROOFS, KnownDevices
from tests.support.fakes import PlainSecret

EMAIL = Destination("email", "resident@example.org")
OTHERS = Destination("email", "other@example.org")
PHONE = Destination("phone", "+447700900123")


@pytest.fixture
def devices() -> KnownDevices:
    numbers = count(1)
    return KnownDevices(PlainSecret("secret"), lambda: f"{next(numbers):032x}")


def test_device_is_known_for_the_addresses_that_signed_in_on_it_alone(
    devices: KnownDevices,
) -> None:
    cookie = devices.cookie_after_sign_in("", [EMAIL, PHONE])
    assert devices.find_device(cookie, EMAIL) == devices.find_device(cookie, PHONE) == f"{1:032x}"
    assert devices.find_device(cookie, OTHERS) is None
    both = devices.cookie_after_sign_in(cookie, [OTHERS])
    assert devices.find_device(both, EMAIL) == devices.find_device(both, OTHERS) == f"{1:032x}"
    assert "@" not in both and "7700" not in both


def test_device_id_and_cookie_size_are_stable_over_many_sign_ins(
    devices: KnownDevices,
) -> None:
    cookie = devices.cookie_after_sign_in("", [EMAIL])
    assert devices.cookie_after_sign_in(cookie, [EMAIL]) == cookie
    for number in range(2 * MOST_PROOFS):
        cookie = devices.cookie_after_sign_in(
            cookie, [Destination("email", f"r{number}@example.org")]
        )
    assert len(cookie) < 400 and devices.find_device(cookie, EMAIL) is None
    assert devices.find_device(cookie, Destination("email", f"r{2 * MOST_PROOFS - 1}@example.org"))


def test_device_is_unknown_when_its_cookie_is_forged(devices: KnownDevices) -> None:
    own = devices.cookie_after_sign_in("", [EMAIL])
    device, proof = own.split(".")
    forged = [
        "",
        device,
        f"{device}.{'0' * 32}",
        f"{'f' * 32}.{proof}",
        f"{device}.{proof}.",
        f"{device}.{proof[:-1]}",
        f"{own}\n",
        f"{device}.{'.'.join([proof] * 1000)}",
        own.upper() if own != own.upper() else "x",
    ]
    for each in forged:
        assert devices.find_device(each, EMAIL) is None, each
    other = KnownDevices(PlainSecret("another"), lambda: "0" * 32)
    assert other.find_device(own, EMAIL) is None
    assert (
        devices.find_device(devices.cookie_after_sign_in(f"{device}.x", [EMAIL]), EMAIL)
        == f"{2:032x}"
    )


def test_device_is_known_by_each_variant_of_an_address_that_its_provider_ignores(
    devices: KnownDevices,
) -> None:
    cookie = devices.cookie_after_sign_in("", [Destination("email", "jo.smith@gmail.com")])
    assert devices.find_device(cookie, Destination("email", "josmith+a@googlemail.com"))
