"""The account holder manages their own account."""

from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import asdict, replace

from chalicelib.accounts.model import (
    Account,
    Attempt,
    Destination,
    Label,
    SavedPlace,
)
from chalicelib.accounts.ports import Ports
from chalicelib.accounts.usecases.code_requests import UNKNOWN_ORIGIN, RequestOrigin, request_code
from chalicelib.accounts.usecases.code_verification import refuse_too_many
from chalicelib.catalogue.texts import RequestedLanguage
from chalicelib.errors import Conflict, Invalid
from chalicelib.kernel.addresses import AddressKind
from chalicelib.texts import Text

MOST_PLACES = 20


class AccountChanges(Struct, frozen=True, kw_only=True):
    """The account holder's changes to the account; None leaves a value. `clear` names the values to
    empty."""

    name: Label | None = None
    language: RequestedLanguage | None = None
    reach_by: AddressKind | None = None
    saved_places: Annotated[tuple[SavedPlace, ...], Meta(max_length=MOST_PLACES)] | None = None
    clear: list[Literal["name", "language", "reach_by"]] | None = None


def change_account(
    account: Account, changes: AccountChanges, version: int, ports: Ports
) -> Account:
    """Changes the account, on the version that was read. Raises Invalid, Conflict (another version;
    it carries the present one)."""
    if account.version != version:
        raise Conflict(
            "You have changed this on another page or device. Reload and try again.",
            version=account.version,
        )
    if changes.language != account.language and changes.language not in (None, *ports.languages):
        known = ", ".join(ports.languages)
        raise Invalid.field("language", Text("choose from: {known}", known=known))
    kinds = {each.kind for each in account.addresses}
    if changes.reach_by and changes.reach_by not in kinds:
        raise Invalid.field(
            "reach_by", Text("add and confirm an address for {kind} first", kind=changes.reach_by)
        )
    new = {name: value for name, value in asdict(changes).items() if value is not None}
    cleared = dict.fromkeys(new.pop("clear", ()))
    return ports.accounts.save(replace(account, **new | cleared))


def begin_adding(
    address: str,
    account: Account,
    ports: Ports,
    origin: RequestOrigin = UNKNOWN_ORIGIN,
    *,
    language: str | None = None,
) -> Attempt:
    """Sends a code to an address that the account holder wants to add. Does not look up whether
    another account has it. Raises Invalid, TooMany, UpstreamFailed."""
    refuse_too_many(account)
    return request_code(address, ports, account.account_id, origin=origin, language=language)


def remove_address(address: Destination, account: Account, ports: Ports) -> Account:
    """Removes an address from the account; a repeat makes sure again that nobody signs in to it
    with that address. Raises Conflict if it is the only way to sign in, or the account was changed
    elsewhere."""
    rest = tuple(each for each in account.addresses if each.destination != address)
    if not rest and not account.identities:
        raise Conflict("You could not sign in without this address. Add another address first.")
    if rest != account.addresses:
        reaches = account.reach_by in [each.kind for each in rest]
        invited = None if account.invited == address else account.invited
        account = ports.accounts.save(
            replace(
                account,
                addresses=rest,
                reach_by=account.reach_by if reaches else None,
                invited=invited,
            )
        )
    ports.accounts.release(address, account.account_id)
    return account
