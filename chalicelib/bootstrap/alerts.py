"""The alerts slice: subscriptions, the index that finds them, and the people to alert."""

from collections.abc import Collection, Sequence
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.accounts.model import Account, AddressKind, Destination
from chalicelib.alerts import ports as alerts
from chalicelib.alerts.model import Channel, Subscription
from chalicelib.alerts.presentation import Names
from chalicelib.alerts.usecases import managing
from chalicelib.alerts.usecases.matching import own_id
from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.bootstrap.base import client, council, secret, session, settings
from chalicelib.bootstrap.limits import limit_ports
from chalicelib.bootstrap.notices import NoticesOfMatching, match_queue
from chalicelib.bootstrap.places import areas_ports
from chalicelib.bootstrap.push import web_push
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import Invalid, NotFound
from chalicelib.geo.point import Box
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.reference import grouped
from chalicelib.reports.usecases import access, following

if TYPE_CHECKING:
    from chalicelib.alerts.dynamo.subscriptions import DynamoIndex, DynamoSubscriptions
    from chalicelib.aws.sqs import SqsReaction
    from chalicelib.integrations.ids import HmacIds

CHANNEL: dict[AddressKind, alerts.AddressChannel] = {"email": "email", "phone": "sms"}


@cache
def alerts_ports() -> alerts.Ports:
    from secrets import token_hex

    from chalicelib.integrations.token_signing import HmacAlertTokens
    from chalicelib.kernel.time import utc_now

    texts: tuple[Channel, ...] = ("sms",) if settings().texts_from else ()
    return alerts.Ports(
        subscriptions=_subscriptions(),
        tokens=HmacAlertTokens(secret("alert")),
        ids=_ids(),
        council=CouncilOfAlerts(),
        reports=ReportsOfAlerts(),
        channels=("email", "push", *texts),
        normalised=_normalised,
        check_push=lambda address: web_push().check(address),
        site_url=settings().site_url,
        random_id=lambda: token_hex(16),
        now=utc_now,
    )


@cache
def match_ports() -> alerts.MatchPorts:
    from chalicelib.kernel.time import utc_now

    return alerts.MatchPorts(
        subscriptions=_subscriptions(),
        index=_index(),
        reports=ReportsOfAlerts(),
        notices=NoticesOfMatching(),
        outbox=alerts_queue(),
        shares=match_queue(),
        ids=_ids(),
        now=utc_now,
    )


@cache
def index_ports() -> alerts.IndexPorts:
    return alerts.IndexPorts(subscriptions=_subscriptions(), index=_index(), outbox=alerts_queue())


@cache
def alerts_queue() -> "SqsReaction":
    """The queue of the reaction that sends alerts."""
    from chalicelib.aws.sqs import SqsReaction

    return SqsReaction(client("sqs"), settings().alerts_queue_url)


def reaches_of(account: Account) -> list[tuple[alerts.AddressChannel, str]]:
    """The addresses of a signed-in person: the kind that they chose first, then the others in the
    order in which they were confirmed."""
    addresses = sorted(account.addresses, key=lambda each: each.kind != account.reach_by)
    found = [(CHANNEL[each.kind], each.value) for each in addresses]
    return [each for each in found if each[0] in alerts_ports().channels]


def can_be_asked(report: ServiceRequest) -> bool:
    """True where the reporter can receive questions from officers: the reporter gave an address
    and has not unsubscribed it. Raises UpstreamFailed."""
    own = _subscriptions().get(own_id(report.service_request_id, match_ports()))
    if own and not own.is_over(match_ports().now()):
        return own.state == "active"
    return _reporter(report) is not None


def subscriptions_of(account: Account) -> Sequence[Subscription]:
    """Every subscription of the account, or to an address of the account."""
    return managing.all_of(account.account_id, address_keys_of(account), _subscriptions())


def address_keys_of(account: Account) -> Sequence[str]:
    """The digests of the account's confirmed addresses, as subscriptions store them."""
    return _keys_of([each.destination for each in account.addresses])


def alert_names() -> Names:
    """The names that alerts use for services and places. Raises UpstreamFailed."""
    here = council()
    return Names(
        council=here.name,
        services={code: service.service_name for code, service in here.by_code.items()},
        wards={ward.code: ward.name for ward in areas_ports().places.wards()},
        reference=grouped,
    )


class SubscriptionsOfPeople:
    """The subscriptions as accounts see them."""

    def of(self, account_id: str, addresses: Sequence[Destination]) -> Sequence[str]:
        found = managing.all_of(account_id, _keys_of(addresses), _subscriptions())
        return [each.subscription_id for each in found]

    def forget(self, subscription_id: str) -> None:
        _subscriptions().remove(subscription_id)


class CouncilOfAlerts:
    """The council as subscriptions see it."""

    @property
    def bounds(self) -> Box:
        return council().box

    @property
    def service_codes(self) -> Collection[str]:
        return council().by_code.keys()

    def ward_codes(self) -> Collection[str]:
        return {ward.code for ward in areas_ports().places.wards()}


class ReportsOfAlerts:
    """The reports slice as alerts see it."""

    def followed(self, service_request_id: str, account_id: str | None) -> alerts.Followed | None:
        author = access.Author(account_id)
        try:
            report = following.followed(service_request_id, author, reports_ports())
        except NotFound:
            return None
        return alerts.Followed(report.service_request_id, author.owns(report))

    def subject(self, service_request_id: str) -> alerts.Subject | None:
        report = reports_ports().repository.get(service_request_id)
        return _subject(report) if report else None

    def reporter(self, service_request_id: str) -> alerts.Reporter | None:
        report = reports_ports().repository.get(service_request_id)
        return _reporter(report) if report and report.alerts else None

    def sender(self, service_request_id: str) -> alerts.Reporter | None:
        report = reports_ports().repository.get(service_request_id)
        return _reporter(report) if report else None


def _subject(report: ServiceRequest) -> alerts.Subject:
    return alerts.Subject(
        service_request_id=report.service_request_id,
        service_code=report.service_code,
        at=report.point,
        ward_code=report.ward_code,
        is_public=report.visibility == "public",
        duplicates=report.duplicates,
        duplicate_of=report.duplicate_of,
    )


def _reporter(report: ServiceRequest) -> alerts.Reporter | None:
    """The reporter, from the contact details of the report, else from the account."""
    contact = report.contact
    given: list[tuple[alerts.AddressChannel, str | None]] = (
        [("email", contact.email), ("sms", contact.phone)] if contact else []
    )
    for channel, text in given:
        if text and channel in alerts_ports().channels and (to := _readable(channel, text)):
            reporter = alerts.Reporter(channel, to, report.reporter)
            return None if _is_blocked(reporter, report) else reporter
    account = accounts_ports().accounts.get(report.reporter) if report.reporter else None
    reaches = reaches_of(account) if account else []
    return alerts.Reporter(*reaches[0], report.reporter) if reaches else None


def _is_blocked(reporter: alerts.Reporter, report: ServiceRequest) -> bool:
    """True where the address that came with the report is on the block list, unless staff typed it
    for somebody. Raises UpstreamFailed."""
    kind: AddressKind = "phone" if reporter.channel == "sms" else "email"
    return report.channel == "online" and limit_ports().blocks.has([Destination(kind, reporter.to)])


def _readable(channel: alerts.AddressChannel, text: str) -> str | None:
    try:
        return _normalised(channel, text)
    except Invalid:
        return None


def _normalised(channel: alerts.AddressChannel, text: str) -> str:
    # Imported where an address is read, as what it stands on takes a while to load.
    from chalicelib.accounts.destinations import reachable

    return reachable(channel, text).value


@cache
def _subscriptions() -> "DynamoSubscriptions":
    from chalicelib.alerts.dynamo.subscriptions import DynamoSubscriptions
    from chalicelib.aws.clients import lend_to_pynamodb

    lend_to_pynamodb(session)
    return DynamoSubscriptions(settings().alerts_table)


@cache
def _index() -> "DynamoIndex":
    from chalicelib.alerts.dynamo.subscriptions import DynamoIndex
    from chalicelib.aws.clients import lend_to_pynamodb

    lend_to_pynamodb(session)
    return DynamoIndex(settings().alerts_table)


def _keys_of(addresses: Sequence[Destination]) -> list[str]:
    return [_ids().address_key(CHANNEL[each.kind], each.value) for each in addresses]


def _ids() -> "HmacIds":
    from chalicelib.integrations.ids import HmacIds

    return HmacIds(secret("id"), secret("link"))
