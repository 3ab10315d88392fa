"""What people do to sign in, stay so, and sign out: one function a verb."""

from chalicelib.accounts.usecases.code_requests import Asker, ask, sign_in_begun
from chalicelib.accounts.usecases.code_sending import send_code
from chalicelib.accounts.usecases.code_verification import (
    account_of,
    add_address,
    open_session,
    sign_in_with_code,
    sign_in_with_link,
)
from chalicelib.accounts.usecases.erasing import SETTLES, begin_erasure, erase_again, erase_due
from chalicelib.accounts.usecases.exporting import export_account
from chalicelib.accounts.usecases.own_account import (
    AccountChanges,
    begin_adding,
    change_account,
    remove_address,
)
from chalicelib.accounts.usecases.sessions import (
    Refreshed,
    devices,
    end,
    end_by_token,
    end_everywhere,
    refresh,
    who,
)

__all__ = [
    "SETTLES",
    "AccountChanges",
    "Asker",
    "Refreshed",
    "account_of",
    "add_address",
    "ask",
    "begin_adding",
    "begin_erasure",
    "change_account",
    "devices",
    "end",
    "end_by_token",
    "end_everywhere",
    "erase_again",
    "erase_due",
    "export_account",
    "open_session",
    "refresh",
    "remove_address",
    "send_code",
    "sign_in_begun",
    "sign_in_with_code",
    "sign_in_with_link",
    "who",
]
