"""Finds the account for another organisation's claims, the name that the organisation gives, and
the roles that its groups give.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from chalicelib.accounts import audit
from chalicelib.accounts.destinations import parse_destination
from chalicelib.accounts.model import Account, Destination, Grant, Identity
from chalicelib.accounts.ports import Ports
from chalicelib.accounts.single_sign_on import SignOnPorts
from chalicelib.accounts.usecases.code_verification import ensure_account, find_or_add
from chalicelib.accounts.usecases.staff import describe_grants
from chalicelib.catalogue.identity import IdentityProvider
from chalicelib.errors import Invalid
from chalicelib.kernel.time import truncate_to_second

LONGEST_LABEL = 254


def find_account(
    provider: IdentityProvider, claims: Mapping[str, Any], ports: SignOnPorts
) -> Account:
    """The account for these claims, a new one if there is none, with the roles that the provider
    gives. Raises Conflict, NotFound (it is being changed or erased), UpstreamFailed."""
    return _update_grants(_find_or_add(provider, claims, ports.people), provider, claims, ports)


def texts_of(claim: Any) -> list[str]:
    """The texts of a claim, whether it holds one text or several."""
    each = claim if isinstance(claim, list) else [claim]
    return [text for text in each if isinstance(text, str)]


def _find_or_add(provider: IdentityProvider, claims: Mapping[str, Any], people: Ports) -> Account:
    """The account with this identity, else the account with its address if the issuer is trusted
    with that, else a new account."""
    identity = Identity(provider.issuer, claims["sub"])
    account_id = people.accounts.owner(identity)
    if account_id is None:
        known_id = _find_by_address(provider, claims, people)
        account_id = people.accounts.claim(identity, known_id or people.new_id())
    new = Account(account_id=account_id, created_at=truncate_to_second(people.now()))
    known = find_or_add(new, identity, people)
    after = known
    if identity not in known.identities:
        after = replace(known, identities=(*known.identities, identity))
    if provider.serves == "staff":
        after = _update_work_details(after, claims, people)
    return known if after == known else people.accounts.save(after)


def _find_by_address(
    provider: IdentityProvider, claims: Mapping[str, Any], people: Ports
) -> str | None:
    """The account of the address that the issuer has verified: any account if the issuer is trusted
    with that, else only an account that was invited with the address to work here. Excludes an
    account that has another identity at the issuer: that person had the address before."""
    address = _verified_address(claims)
    if address is None:
        return None
    owner = people.accounts.owner(address)
    known = people.accounts.get(owner) if owner else None
    if known and any(each.issuer == provider.issuer for each in known.identities):
        return None
    if provider.trusts_email:
        return ensure_account(address, people).account_id
    is_invited = provider.serves == "staff" and known and known.invited == address
    return owner if is_invited else None


def _verified_address(claims: Mapping[str, Any]) -> Destination | None:
    email = claims.get("email")
    if claims.get("email_verified") is not True or not isinstance(email, str):
        return None
    try:
        return parse_destination(email, takes_phones=False)
    except Invalid:
        return None


def _update_work_details(account: Account, claims: Mapping[str, Any], people: Ports) -> Account:
    """The account of a colleague who signed in through their organisation, with the name that it
    gives. An address that the colleague was invited with and never confirmed is removed: it may
    belong to somebody else one day."""
    confirmed = [each.destination for each in account.addresses]
    if account.invited and account.invited not in confirmed:
        people.accounts.release(account.invited, account.account_id)
    return replace(
        account,
        invited=None,
        is_first_admin=False,
        work_name=_clean_label(claims.get("name")) or account.work_name,
        work_email=_clean_label(claims.get("email")) or account.work_email,
    )


def _clean_label(claim: Any) -> str | None:
    """One line of the issuer's text, None if that is no text."""
    text = claim if isinstance(claim, str) else ""
    return "".join(filter(str.isprintable, text)).strip()[:LONGEST_LABEL] or None


def _update_grants(
    account: Account, provider: IdentityProvider, claims: Mapping[str, Any], ports: SignOnPorts
) -> Account:
    """The account with the roles of its groups, if groups give roles: a person who left a group
    loses its role."""
    if not provider.grants or account.disabled_at:
        return account
    grants = tuple(_grants_of_groups(provider, claims))
    if grants == account.grants:
        return account
    change = f"{describe_grants(account.grants)} -> {describe_grants(grants)}"
    audit.record_action(provider.provider, "people.grants", account.account_id, change, ports.log)
    return ports.people.accounts.save(replace(account, grants=grants))


def _grants_of_groups(provider: IdentityProvider, claims: Mapping[str, Any]) -> Iterator[Grant]:
    """The grants of the groups, the first for each role: two together could cover a ward's reports
    of a team that neither of them covers alone."""
    groups = texts_of(claims.get(provider.groups))
    roles = set()
    for each in provider.grants:
        if each.group in groups and each.role not in roles:
            roles.add(each.role)
            yield Grant(role=each.role, teams=each.teams, wards=each.wards)
