"""The only table of permissions and the roles that have them. Each route names its permission, and
docs/PERMISSIONS.md is made from both (`python -m infra permissions`).

A route without a permission is open to everybody, or to the holder of its key or link.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from chalicelib.accounts.model import Grant, Role, SignedIn

Permission = Literal[
    "account.own",
    "reports.work",
    "reports.triage",
    "cases.handle",
    "desk.keep",
    "jobs.work",
    "jobs.plan",
    "performance.read",
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
    "account.own": Rule(_EVERYBODY, "See and change her own account, and sign out of her devices"),
    "reports.work": Rule(
        _STAFF,
        "Speak for the council on a report, say how far it has got, and report for residents who "
        "ring, write or come by",
        in_remit=True,
    ),
    "reports.triage": Rule(
        _OFFICERS,
        "See all of a report, who sent it too; change, hide, redact and merge it; look through "
        "what waits or was flagged",
        in_remit=True,
    ),
    "cases.handle": Rule(
        _OFFICERS,
        "Work through the queue of cases: write notes, ask whoever sent a report, change one or "
        "many, merge and take apart, blacken parts of photos",
        in_remit=True,
    ),
    "desk.keep": Rule(
        _OFFICERS,
        "Keep reply templates for all officers and views of the queue for herself, and take her "
        "own changes back for 5 minutes",
    ),
    "jobs.work": Rule(
        _STAFF,
        "See the jobs of the crews, and say what was done in the street",
        in_remit=True,
    ),
    "jobs.plan": Rule(
        _OFFICERS,
        "Make, change and cancel jobs, plan the crews' days, settle disputes, and let a contractor "
        "in by a link",
        in_remit=True,
    ),
    "performance.read": Rule(
        _OFFICERS,
        "See by which ways people got in touch and what that cost, and what the crews had to do",
        in_remit=True,
    ),
    "deliveries.handle": Rule(
        _OFFICERS, "See what was sent to other systems, and send it again or keep it"
    ),
    "alerts.handle": Rule(_OFFICERS, "See which alerts did not get through, and send them again"),
    "disruptions.post": Rule(
        _OFFICERS, "Say that a service is disrupted, change that, and take it back"
    ),
    "changes.follow": Rule(
        _OFFICERS, "Follow what happens to public reports, as systems with an API key do"
    ),
    "receivers.manage": Rule(_ADMINS, "Say which systems are told of changes by webhook"),
    "partners.manage": Rule(_ADMINS, "Make and revoke the API keys of other systems"),
    "people.manage": Rule(_ADMINS, "Invite staff, change what they may do, and disable accounts"),
    "blocks.manage": Rule(_ADMINS, "Keep the list of addresses that we hear of no more"),
    "audit.read": Rule(_ADMINS, "Read who changed what people may do, and who looked at what"),
}


def may(roles: Iterable[Role], permission: Permission) -> bool:
    return not PERMISSIONS[permission].roles.isdisjoint(roles)


def holding(who: SignedIn, *, staff_come_elsewhere: bool) -> tuple[Grant, ...]:
    """Returns the account's grants that hold on this device. If staff sign in through their own
    organisation, which knows on the same day who has left, a code or link gives no role. The only
    exception is an administrator whose account the operator made and who has never signed in
    through the organisation, for a day on which that fails for everybody."""
    account, session = who
    if not staff_come_elsewhere or session.assurance == "staff" or account.is_first_admin:
        return account.grants
    return ()


def giving(grants: Iterable[Grant], permission: Permission) -> tuple[Grant, ...]:
    """Returns the grants that give the permission: it holds for their teams and wards."""
    return tuple(grant for grant in grants if grant.role in PERMISSIONS[permission].roles)
