"""The caller's identity: which roles of the account hold on this device, and where."""

from msgspec import Struct

from chalicelib.accounts import permissions
from chalicelib.accounts.model import (
    Account,
    Assurance,
    Grant,
    Role,
    Session,
    SignedInAccount,
    highest_role,
    roles_of,
)
from chalicelib.accounts.permissions import Permission
from chalicelib.bootstrap import container
from chalicelib.jobs.people import Remit as JobRemit
from chalicelib.jobs.people import Staff
from chalicelib.reports.usecases.access import Author, Remit, partner_scope


class Caller(Struct, frozen=True):
    """A signed-in person, or an anonymous caller, who has neither account nor session. `key_id` is
    of the API key that another system sent in a header."""

    account: Account | None = None
    session: Session | None = None
    key_id: str | None = None

    @property
    def sender(self) -> str | None:
        """The `reporter` of reports that the other system sends; None without an API key."""
        return partner_scope(self.key_id) if self.key_id else None

    @property
    def account_id(self) -> str | None:
        return self.account.account_id if self.account else None

    @property
    def grants(self) -> tuple[Grant, ...]:
        """The grants that hold on this device."""
        if not self.account or not self.session or not self.account.grants:
            return ()
        who, council = SignedInAccount(self.account, self.session), container.council()
        return permissions.effective_grants(who, staff_come_elsewhere=council.controls_roles)

    @property
    def assurance(self) -> Assurance | None:
        """The session's level of assurance; a caller without a role here counts only as a
        resident."""
        said = self.session.assurance if self.session else None
        return "contact" if said == "staff" and not self.grants else said

    @property
    def roles(self) -> frozenset[Role]:
        """The caller's roles. An anonymous caller has none, not even a resident's."""
        return roles_of(self.grants) if self.account else frozenset()

    @property
    def role(self) -> Role | None:
        """The highest."""
        return highest_role(self.roles) if self.account else None

    @property
    def signed_in(self) -> Account:
        """The account, if the route's gate lets in only signed-in people."""
        assert self.account, "The route's gate lets in only people who are signed in."
        return self.account

    def author(self, token: str | None = None) -> Author:
        """The caller as author of a report; `token` came with a link to a report."""
        if self.account is None:
            return Author(token=token)
        return Author(
            self.account_id,
            staff_in=self.remits("reports.work"),
            officer_in=self.remits("reports.triage"),
            waives_in=self.remits("payments.waive"),
            token=token,
            assurance=self.assurance,
        )

    def staff(self, permission: Permission) -> Staff:
        """The caller as a member of staff for jobs, with the places where the permission holds."""
        giving = permissions.grants_with(self.grants, permission)
        remits = tuple(JobRemit(grant.teams, grant.wards) for grant in giving)
        return Staff(actor=self.signed_in.account_id, remits=remits)

    def may(self, permission: Permission) -> bool:
        return permissions.may(self.roles, permission)

    def remits(self, permission: Permission) -> tuple[Remit, ...]:
        """The teams and wards where the permission holds on this device."""
        giving = permissions.grants_with(self.grants, permission)
        return tuple(Remit(grant.teams, grant.wards) for grant in giving)
