"""The demo council's people: one token each, for as long as the stack runs; and a partner's key."""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from chalicelib.handlers.auth import Role, issue
from chalicelib.partners.model import NewKey
from chalicelib.partners.ports import Ports
from chalicelib.partners.usecases import make

PEOPLE: dict[str, Role] = {
    "resident": "resident",
    "resident2": "resident",
    "crew": "crew",
    "officer": "officer",
    "admin": "admin",
}
LIFETIME = timedelta(days=30)


def tokens(*, secret: str, issuer: str, now: datetime) -> dict[str, str]:
    """A bearer token for everybody, by name."""
    return {
        name: issue(
            account=f"demo-{name}",
            role=role,
            now=now,
            lifetime=LIFETIME,
            secret=secret,
            issuer=issuer,
        )
        for name, role in PEOPLE.items()
    }


def demo_api_key(secret: str, ports: Ports) -> str:
    """A key for Open311, made anew with every stack and the same as long as its secrets are."""

    def token_hex(size: int) -> str:
        return sha256(f"API key {size} {secret}".encode()).hexdigest()[: size * 2]

    new = NewKey(name="Demo partner", sets_state=True, per_minute=6000)
    return make(new, replace(ports, token_hex=token_hex)).text
