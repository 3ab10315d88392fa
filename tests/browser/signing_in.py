"""Sign in to an account in a browser."""

from itertools import count

from playwright.sync_api import Page

from chalicelib.accounts.model import Account, Assurance, Destination, Role
from chalicelib.accounts.usecases.code_verification import open_session
from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.handlers.http import cookies
from infra.tokens import account_with

NUMBERS = count()


def new_account(role: Role = "resident") -> Account:
    """A new account with a unique address."""
    name = f"browser-{role}-{next(NUMBERS)}"
    address = Destination("email", f"{name}@example.org")
    return account_with(role, name, accounts_ports(), (address,))


def sign_in(
    page: Page, account: Account, device: str = "Test", assurance: Assurance | None = None
) -> None:
    """Give the page's browser a session of the account."""
    ports = accounts_ports()
    sure = assurance or ("staff" if account.grants else "contact")
    who = open_session(account, device=device, assurance=sure, ports=ports)
    token = ports.refresh_tokens.token(who.session)
    page.context.add_cookies(
        [{"name": cookies.NAME, "value": token, "domain": "127.0.0.1", "path": cookies.PATH}]
    )
