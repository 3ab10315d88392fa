"""The outbound slice in memory."""

import pytest

from chalicelib.outbound.ports import Ports
from tests.support.fakes import Clock
from tests.support.fakes_outbound import OutboundWorld


@pytest.fixture
def outside(clock: Clock) -> OutboundWorld:
    return OutboundWorld(clock)


@pytest.fixture
def ports(outside: OutboundWorld) -> Ports:
    return outside.ports()
