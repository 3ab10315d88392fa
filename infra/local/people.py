"""The demo council's people: one token each, for as long as the stack runs."""

from datetime import datetime, timedelta

from chalicelib.handlers.auth import Role, issue

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
