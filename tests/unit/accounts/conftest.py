import pytest

from chalicelib.accounts.ports import Ports
from tests.support.fakes import Clock
from tests.support.fakes_accounts import accounts_ports


@pytest.fixture
def people(clock: Clock) -> Ports:
    """The accounts slice in memory."""
    return accounts_ports(clock)
