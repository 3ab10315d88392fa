"""Organisations through which people sign in with OpenID Connect: a national sign-in for residents,
the council's own identity provider for staff.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta

from chalicelib.catalogue.wards import WardCode
from chalicelib.catalogue.words import Code, ShortText, Strict
from chalicelib.kernel.languages import translatable

Issuer = Annotated[str, Meta(pattern=r"^(https://|http://127\.0\.0\.1:)[!-~]+$", max_length=500)]
"""Plain http only to this machine, for a demonstration."""
Text = Annotated[str, Meta(pattern=r"^[ -~]+$", max_length=500)]
Claim = Annotated[str, Meta(min_length=1, max_length=200)]
Signature = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Without algorithms whose key we would share with the issuer."""
Level = Literal["contact", "proven", "staff"]
RequiredLevel = Literal["anonymous", "contact", "proven"]
"""What a service requires of the reporter: nothing, a confirmed address, or a proven identity."""
WHY_SIGN_IN: Mapping[RequiredLevel, str | None] = {
    "anonymous": None,
    "contact": translatable(
        "Sign in to report this. Signing in shows that the email address or phone number "
        "is yours. We can only deal with this if we can contact you."
    ),
    "proven": translatable(
        "Sign in with proof of who you are to report this. It is about a person's own "
        "affairs, so nobody else can report it for them."
    ),
}
"""The explanation for users."""
_DEFAULT_LEVELS: Mapping[str, Level] = {"residents": "contact", "staff": "staff"}
"""The level of providers that do not state one."""


class GroupGrant(Strict, frozen=True, kw_only=True):
    """The role of a group's members; no teams or wards means all of them."""

    group: Claim
    role: Literal["crew", "officer", "admin"]
    teams: tuple[Code, ...] = ()
    wards: tuple[WardCode, ...] = ()


class LevelMapping(Strict, frozen=True, kw_only=True):
    """The level of assurance, from a claim of the issuer: the highest level of those values of
    the claim that are named in `levels`."""

    claim: Literal["acr", "vot", "amr"]
    levels: Annotated[Mapping[Claim, Level], Meta(min_length=1)]


class IdentityProvider(Strict, frozen=True, kw_only=True):
    """An issuer of OpenID Connect, at which the council is a client.

    `label` is on the button. `parameters` are added to the request, such as acr_values or vtr.
    `trusts_email`: a person whose address the issuer has verified gets the account of that
    address. `grants` give roles by the names in the claim `groups`; for each role the first match
    counts. Without `grants`, people have the roles that administrators gave.
    """

    provider: Code
    label: ShortText
    serves: Literal["residents", "staff"] = msgspec.field(name="for")
    issuer: Issuer
    client_id: Text
    scopes: tuple[Text, ...] = ("openid", "email")
    parameters: Mapping[Text, Text] = {}
    algorithms: Annotated[tuple[Signature, ...], Meta(min_length=1)] = ("RS256", "ES256")
    trusts_email: bool = False
    groups: Claim = "groups"
    grants: tuple[GroupGrant, ...] = ()
    assurance: LevelMapping | None = None

    def can_prove(self, level: str) -> bool:
        """True if this provider can prove identities at that level."""
        own = self.assurance.levels.values() if self.assurance else [_DEFAULT_LEVELS[self.serves]]
        levels = get_args(Level)
        return max(map(levels.index, own)) >= levels.index(level)

    @property
    def controls_roles(self) -> bool:
        """True if staff have their roles only when they sign in through it: it gives the roles, or
        prescribes how they sign in."""
        return self.serves == "staff" and bool(self.grants or self.assurance)


def provider_faults(
    providers: tuple[IdentityProvider, ...], team_codes: Iterable[str]
) -> Iterable[str]:
    """The faults in the providers, each with its place in the document."""
    teams = set(team_codes)
    for at, each in enumerate(providers):
        place = f"`$.identity_providers[{at}]"
        before = providers[:at]
        if each.provider in [other.provider for other in before]:
            yield f"{place}.provider`: {each.provider!r} is used twice; rename one"
        if each.issuer in [other.issuer for other in before]:
            yield f"{place}.issuer`: another one has this issuer; leave one of them"
        if "openid" not in each.scopes:
            yield f"{place}.scopes`: openid must be one of them"
        if each.serves == "residents" and each.grants:
            yield f"{place}.grants`: only a provider for staff gives roles"
        highest = set(each.assurance.levels.values()) if each.assurance else set()
        if each.serves == "residents" and "staff" in highest:
            yield f"{place}.assurance`: must be contact or proven for a resident, not staff"
        if each.serves == "staff" and highest - {"staff"}:
            yield f"{place}.assurance`: give only what makes a person staff"
        yield from _grant_faults(each, teams, place)


def _grant_faults(provider: IdentityProvider, teams: set[str], place: str) -> Iterable[str]:
    for at, grant in enumerate(provider.grants):
        if unknown := sorted(set(grant.teams) - teams):
            yield f"{place}.grants[{at}].teams`: {unknown[0]!r} is not in `$.teams`"
        if grant.role == "admin" and (grant.teams or grant.wards):
            yield (
                f"{place}.grants[{at}]`: an administrator is not limited to teams and wards: "
                "leave them out"
            )
