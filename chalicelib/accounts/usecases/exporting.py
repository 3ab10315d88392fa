"""Exports everything that is kept about a person's account, under the names of the data
registry."""

from typing import Any

import msgspec

from chalicelib.accounts.model import Account
from chalicelib.accounts.ports import Ports


def export_account(account: Account, ports: Ports) -> dict[str, list[dict[str, Any]]]:
    """The account, its devices, and the codes that were asked for: with its addresses, or to add
    one to it."""
    of_person = [each for a in account.addresses for each in ports.attempts.of(a.destination)]
    found = [*of_person, *ports.attempts.of_account(account.account_id)]
    attempts = {each.attempt_id: each for each in found}.values()
    return {
        "account": [msgspec.to_builtins(account)],
        "session": [msgspec.to_builtins(each) for each in ports.sessions.of(account.account_id)],
        "attempt": [
            {
                "address_kind": each.destination.kind,
                "address": each.destination.value,
                "created_at": each.created_at,
                "expires_at": each.expires_at,
            }
            for each in attempts
        ],
    }
