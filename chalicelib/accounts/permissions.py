"""The only table of permissions and the roles that have them. Each route names its permission, and
docs/PERMISSIONS.md is made from both (`python -m infra permissions`).

A route without a permission is open to everybody, or to the holder of its key or link.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from chalicelib.accounts.model import Grant, Role, SignedInAccount

Permission = Literal[
    "account.own",
    "reports.work",
    "reports.triage",
    "cases.handle",
    "desk.keep",
    "jobs.work",
    "jobs.plan",
    "rounds.work",
    "rounds.correct",
    "garden.manage",
    "calendars.change",
    "performance.read",
    "payments.refund",
    "payments.take",
    "payments.waive",
    "ledger.read",
    "deliveries.handle",
    "alerts.handle",
    "disruptions.post",
    "changes.follow",
    "receivers.manage",
    "partners.manage",
    "people.manage",
    "blocks.manage",
    "audit.read",
]


class Rule(NamedTuple):
    """The roles that have the permission, in plain words; `in_remit` limits it to the teams and
    wards of the grant that gives the role."""

    roles: frozenset[Role]
    says: str
    in_remit: bool = False


_EVERYBODY: frozenset[Role] = frozenset(("resident", "crew", "officer", "admin"))
_STAFF: frozenset[Role] = frozenset(("crew", "officer", "admin"))
_OFFICERS: frozenset[Role] = frozenset(("officer", "admin"))
_ADMINS: frozenset[Role] = frozenset(("admin",))

PERMISSIONS: Mapping[Permission, Rule] = {
    "account.own": Rule(
        _EVERYBODY, "See and change their own account, and sign out of their devices"
    ),
    "reports.work": Rule(
        _STAFF,
        "Speak for the council on a report, change its state, and report for residents who call, "
        "write or visit",
        in_remit=True,
    ),
    "reports.triage": Rule(
        _OFFICERS,
        "See all of a report, including who sent it; change, hide, redact and merge reports; "
        "review what waits or was flagged",
        in_remit=True,
    ),
    "cases.handle": Rule(
        _OFFICERS,
        "Work through the queue of cases: write notes, ask the reporter questions, change one or "
        "many, merge and unmerge, black out parts of photos",
        in_remit=True,
    ),
    "desk.keep": Rule(
        _OFFICERS,
        "Keep reply templates for all officers and their own views of the queue, and undo their "
        "own changes for 5 minutes",
    ),
    "jobs.work": Rule(
        _STAFF,
        "See the jobs of the crews, and record work done on site",
        in_remit=True,
    ),
    "jobs.plan": Rule(
        _OFFICERS,
        "Create, change and cancel jobs, plan the crews' days, settle disputes, and give a "
        "contractor a link to a job",
        in_remit=True,
    ),
    "rounds.work": Rule(
        _STAFF,
        "See the collection rounds of a day and the addresses on them, and record what happened",
        in_remit=True,
    ),
    "rounds.correct": Rule(
        _OFFICERS,
        "Correct what was recorded of a collection round, and decide disputes about it",
        in_remit=True,
    ),
    "garden.manage": Rule(
        _OFFICERS,
        "See, cancel and move the garden waste subscription of an address, in the team that has "
        "the service",
    ),
    "calendars.change": Rule(
        _OFFICERS,
        "See the calendars that services of their teams book, change how much can be booked, and "
        "see who has booked within the teams and wards of their role",
    ),
    "performance.read": Rule(
        _OFFICERS,
        "See how people got in touch, what that cost, and what the crews' work was",
        in_remit=True,
    ),
    "payments.refund": Rule(
        _OFFICERS, "Send back all or a part of what was paid by card", in_remit=True
    ),
    "payments.take": Rule(
        _OFFICERS,
        "Take a card on the telephone, and record what was paid in another way",
        in_remit=True,
    ),
    "payments.waive": Rule(
        _OFFICERS,
        "Decide that nothing, or the reduced price, has to be paid for a request",
        in_remit=True,
    ),
    "ledger.read": Rule(
        _OFFICERS,
        "See the money of a day by fund, and where the payment provider differs",
        in_remit=True,
    ),
    "deliveries.handle": Rule(
        _OFFICERS, "See what was sent to other systems, and resend it or keep it"
    ),
    "alerts.handle": Rule(_OFFICERS, "See which alerts were not delivered, and resend them"),
    "disruptions.post": Rule(
        _OFFICERS, "Post, change and withdraw notices of service disruption", in_remit=True
    ),
    "changes.follow": Rule(
        _OFFICERS, "Read events about public reports, as a system with an API key"
    ),
    "receivers.manage": Rule(
        _ADMINS, "Choose which systems get changes by webhook, and of which services every case"
    ),
    "partners.manage": Rule(_ADMINS, "Create and revoke the API keys of other systems"),
    "people.manage": Rule(_ADMINS, "Invite staff, change their permissions, and disable accounts"),
    "blocks.manage": Rule(_ADMINS, "Keep the list of blocked addresses"),
    "audit.read": Rule(
        _ADMINS, "Read the audit log of permission changes and access to personal data"
    ),
}


def may(roles: Iterable[Role], permission: Permission) -> bool:
    return not PERMISSIONS[permission].roles.isdisjoint(roles)


def effective_grants(who: SignedInAccount, *, staff_come_elsewhere: bool) -> tuple[Grant, ...]:
    """Returns the account's grants that hold on this device. If staff sign in through their own
    organisation, which knows on the same day who has left, a code or link gives no role. The only
    exception is an administrator whose account the operator made and who has never signed in
    through the organisation, for a day on which that fails for everybody."""
    account, session = who
    if not staff_come_elsewhere or session.assurance == "staff" or account.is_first_admin:
        return account.grants
    return ()


def grants_with(grants: Iterable[Grant], permission: Permission) -> tuple[Grant, ...]:
    """Returns the grants that give the permission: it holds for their teams and wards."""
    return tuple(grant for grant in grants if grant.role in PERMISSIONS[permission].roles)
