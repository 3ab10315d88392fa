"""Fixtures of the alerts slice in memory."""

import pytest

from chalicelib.alerts.delivery_ports import Ports
from tests.support.fakes_delivery import World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def ports(world: World) -> Ports:
    return world.ports()
