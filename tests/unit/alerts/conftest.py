"""Fixtures of the alerts slice in memory."""

import pytest

from chalicelib.alerts.delivery_ports import Ports
from tests.support.fakes_delivery import DeliveryWorld


@pytest.fixture
def world() -> DeliveryWorld:
    return DeliveryWorld()


@pytest.fixture
def ports(world: DeliveryWorld) -> Ports:
    return world.ports()
