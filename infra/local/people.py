"""The demo council's users: one token each, valid while the stack runs; and a partner's key."""

from datetime import timedelta
from hashlib import sha256

from msgspec.structs import replace

from chalicelib.accounts.model import Destination, Role
from chalicelib.accounts.ports import Ports as Accounts
from chalicelib.partners.model import NewKey
from chalicelib.partners.ports import Ports
from chalicelib.partners.usecases import create_key
from infra.tokens import account_with, token_of

PEOPLE: dict[str, Role] = {
    "resident": "resident",
    "resident2": "resident",
    "crew": "crew",
    "officer": "officer",
    "admin": "admin",
}
LIFETIME = timedelta(days=30)
DEVICE = "A token of the local stack"


def tokens(ports: Accounts) -> dict[str, str]:
    """A bearer token for each user, by name. Each can also sign in as <name>@example.org."""
    return {
        name: token_of(
            account_with(
                role, f"demo-{name}", ports, (Destination("email", f"{name}@example.org"),)
            ),
            LIFETIME,
            DEVICE,
            ports,
        )
        for name, role in PEOPLE.items()
    }


def demo_api_key(secret: str, ports: Ports) -> str:
    """A key for Open311, made with every stack, and the same as long as its secrets are."""

    def token_hex(size: int) -> str:
        return sha256(f"API key {size} {secret}".encode()).hexdigest()[: size * 2]

    new = NewKey(name="Demo partner", sets_state=True, per_minute=6000)
    return create_key(new, replace(ports, token_hex=token_hex)).text
