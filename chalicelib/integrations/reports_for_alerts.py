"""Reads reports and their reporters for alerts."""

from collections.abc import Callable, Collection

from chalicelib.accounts.destinations import parse_destination_for
from chalicelib.accounts.limit_ports import LimitPorts
from chalicelib.accounts.model import Destination
from chalicelib.accounts.ports import Accounts
from chalicelib.alerts import ports as alerts
from chalicelib.alerts.model import Channel
from chalicelib.alerts.usecases.matching import own_subscription_id
from chalicelib.errors import Invalid, NotFound
from chalicelib.integrations.accounts_for_alerts import addresses_of
from chalicelib.kernel.addresses import AddressKind
from chalicelib.reports import ports as reports
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.orders import booking_of
from chalicelib.reports.published import Report
from chalicelib.reports.usecases import access, find_published, following


class Reporters:
    """Finds the addresses of reporters on these channels."""

    def __init__(
        self,
        channels: Collection[Channel],
        accounts: Callable[[], Accounts],
        limits: Callable[[], LimitPorts],
    ) -> None:
        self._channels = channels
        self._accounts = accounts
        self._limits = limits

    def find_reporter(self, report: ServiceRequest) -> alerts.Reporter | None:
        """The reporter's address from the contact details of the report, else from the account;
        None if there is none, or if it is blocked. Raises UpstreamFailed."""
        contact = report.contact
        given: list[tuple[alerts.AddressChannel, str | None]] = (
            [("email", contact.email), ("sms", contact.phone)] if contact else []
        )
        for channel, text in given:
            if text and channel in self._channels and (to := _valid_address(channel, text)):
                reporter = alerts.Reporter(channel, to, report.reporter, report.language)
                return None if self._is_blocked(reporter, report) else reporter
        account = self._accounts().get(report.reporter) if report.reporter else None
        addresses = addresses_of(account, self._channels) if account else []
        if not addresses:
            return None
        return alerts.Reporter(*addresses[0], report.reporter, report.language)

    def can_be_asked(self, report: ServiceRequest, ports: alerts.MatchPorts) -> bool:
        """True if the reporter can receive questions from officers: the reporter gave an address
        and has not stopped the alerts about the report. Raises UpstreamFailed."""
        own = ports.subscriptions.get(own_subscription_id(report.service_request_id, ports))
        if own and not own.is_over(ports.now()):
            return own.state == "active"
        return self.find_reporter(report) is not None

    def _is_blocked(self, reporter: alerts.Reporter, report: ServiceRequest) -> bool:
        """True if the address in the report is on the block list, unless staff entered it for the
        reporter."""
        if report.channel != "online":
            return False
        kind: AddressKind = "phone" if reporter.channel == "sms" else "email"
        return self._limits().blocks.has([Destination(kind, reporter.to)])


class ReportsForAlerts:
    """The ReportsToFollow port."""

    def __init__(self, ports: Callable[[], reports.Ports], reporters: Reporters) -> None:
        self._ports = ports
        self._reporters = reporters

    def find_followed(
        self, service_request_id: str, account_id: str | None
    ) -> alerts.FollowedReport | None:
        author = access.Author(account_id)
        try:
            report = following.find_report_to_follow(service_request_id, author, self._ports())
        except NotFound:
            return None
        return alerts.FollowedReport(report.service_request_id, author.owns(report))

    def find(self, service_request_id: str) -> Report | None:
        return find_published.find_report(service_request_id, self._ports())

    def notified_reporter(self, service_request_id: str) -> alerts.Reporter | None:
        report = self._report(service_request_id)
        return self._reporters.find_reporter(report) if report and report.alerts else None

    def reachable_reporter(self, service_request_id: str) -> alerts.Reporter | None:
        report = self._report(service_request_id)
        return self._reporters.find_reporter(report) if report else None

    def booked_day(self, service_request_id: str) -> alerts.BookedDay | None:
        report = self._report(service_request_id)
        booking = booking_of(report.order) if report else None
        if booking is None:
            return None
        calendar = self._ports().council.by_calendar.get(booking.place.calendar)
        if calendar is None:
            return None
        return alerts.BookedDay(booking.place.day, calendar.remind_days_before)

    def _report(self, service_request_id: str) -> ServiceRequest | None:
        return self._ports().repository.get(service_request_id)


def normalise_address(channel: alerts.AddressChannel, text: str) -> str:
    """The text as an address of the channel. Raises Invalid about the field `to`."""
    return parse_destination_for(channel, text).value


def _valid_address(channel: alerts.AddressChannel, text: str) -> str | None:
    try:
        return normalise_address(channel, text)
    except Invalid:
        return None
