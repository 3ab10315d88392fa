"""What happens in a council of some number of residents in a month. Each figure is an assumption
that a council can replace."""

import math
from typing import NamedTuple

from chalicelib.payments.govuk_pay import PAGE_SIZE
from chalicelib.payments.reconciling import DAYS_COMPARED

DAYS, HOURS = 30, 30 * 24
REPORTS_A_RESIDENT_AND_YEAR = 0.125
CHANGES_A_REPORT = 3
TAKEN_BACK = 0.05
PHOTOS_A_REPORT = 1.2
READS_A_REPORT = DESK_A_REPORT = 4
SIGN_INS_A_RESIDENT, ALERTS_A_RESIDENT, VISITS_A_RESIDENT = 0.01, 0.1, 0.3
MAIL_SHARE = 0.5
"""Of the alerts; the others are notifications in the browser, which cost the same but the mail."""
RESIDENTS_A_WARD = 8_000
OPERATIONS_A_ROUND = 4
"""What a crew says of a collection round, of which a ward has one a day."""
BOOKINGS_A_RESIDENT_AND_YEAR, BILLS_A_RESIDENT_AND_YEAR = 0.05, 0.25
"""Bulky collections, and bills paid by card: most council tax is paid by direct debit. Ours."""
CANCELLED, REMINDERS_A_BOOKING = 0.05, 2
RESIDENTS_A_CALENDAR = 250_000
"""A depot's bulky collections have a service and a calendar of their own."""
BOOKINGS_OF_A_DAY = round(RESIDENTS_A_CALENDAR * BOOKINGS_A_RESIDENT_AND_YEAR / 250)
"""Of a calendar, which is open on 250 days a year."""
STORM = 20
"""A storm day has so many times the reports and changes of an ordinary one."""
VISIT_REQUESTS, VISIT_GB, VISIT_READS = 12, 260e-6, 3.6
"""Documents and bytes of a visit, one in three of which opens the map; reads of S3 by the CDN."""
PHOTO_GB, REPORT_GB, KEPT_MONTHS = 0.35e-3, 3e-6, 36
ORDER_GB = 2.3e-6
"""A booking or a bill, with its charge and its entry in the ledger, as measured."""
COPIES_OF_A_PHOTO = 2


class Load(NamedTuple):
    """A month of a council."""

    residents: int

    @property
    def reports(self) -> float:
        return self.residents * REPORTS_A_RESIDENT_AND_YEAR / 12

    @property
    def changes(self) -> float:
        """Everything that changes a report, with its arrival."""
        return self.reports * (1 + CHANGES_A_REPORT + TAKEN_BACK)

    @property
    def bookings(self) -> float:
        return self.residents * BOOKINGS_A_RESIDENT_AND_YEAR / 12

    @property
    def bills(self) -> float:
        return self.residents * BILLS_A_RESIDENT_AND_YEAR / 12

    @property
    def reconciling_calls(self) -> float:
        """The requests to the payment provider of one comparison: its lists, and each refund."""
        payments = (self.bookings + self.bills) / DAYS / PAGE_SIZE
        refunds = self.bookings * CANCELLED / DAYS
        return DAYS_COMPARED * (payments + refunds)

    @property
    def wards(self) -> float:
        return self.residents / RESIDENTS_A_WARD

    @property
    def calendars(self) -> float:
        return self.residents / RESIDENTS_A_CALENDAR

    @property
    def visits(self) -> float:
        return self.residents * VISITS_A_RESIDENT

    @property
    def emails(self) -> float:
        of_orders = self.bookings * (1 + REMINDERS_A_BOOKING) + self.bills
        return self.residents * ALERTS_A_RESIDENT * MAIL_SHARE + of_orders

    def events(self) -> dict[str, float]:
        """The number of events of each sampled kind."""
        return {
            "report": self.reports,
            "change": self.reports * CHANGES_A_REPORT,
            "takedown": self.reports * TAKEN_BACK,
            "read": self.reports * READS_A_REPORT,
            "desk": self.reports * DESK_A_REPORT,
            "sign_in": self.residents * SIGN_INS_A_RESIDENT,
            "round": self.wards * DAYS * OPERATIONS_A_ROUND,
            "booking": self.bookings,
            "cancellation": self.bookings * CANCELLED,
            "bill": self.bills,
            "calendar": max(0.0, self.calendars - 1) * DAYS * 24 * 60,
            "receipt": self.emails,
            "wards_of_hour": HOURS,
        }

    def extras(self) -> dict[str, float]:
        """How often a report has each of these, which are sampled with one."""
        return {
            "photo_report": self.reports * PHOTOS_A_REPORT,
            "heard_report": self.residents * ALERTS_A_RESIDENT
            + self.bookings * REMINDERS_A_BOOKING,
        }

    def busy_share(self, hours: float) -> float:
        """The number of periods of that length that have a change."""
        return 1 - math.exp(-self.changes / HOURS * hours)

    def changes_in(self, hours: float) -> float:
        """The changes of such a period that has any."""
        return self.changes / HOURS * hours / self.busy_share(hours)
