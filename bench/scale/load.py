"""What happens in a council of some number of residents in a month. Each figure is an assumption
that a council can replace."""

import math
from typing import NamedTuple

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
STORM = 20
"""A storm day has so many times the reports and changes of an ordinary one."""
VISIT_REQUESTS, VISIT_GB, VISIT_READS = 12, 260e-6, 3.6
"""Documents and bytes of a visit, one in three of which opens the map; reads of S3 by the CDN."""
PHOTO_GB, REPORT_GB, KEPT_MONTHS = 0.35e-3, 3e-6, 36
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
    def wards(self) -> float:
        return self.residents / RESIDENTS_A_WARD

    @property
    def visits(self) -> float:
        return self.residents * VISITS_A_RESIDENT

    @property
    def emails(self) -> float:
        return self.residents * ALERTS_A_RESIDENT * MAIL_SHARE

    def events(self) -> dict[str, float]:
        """How often each sampled kind of event happens."""
        return {
            "report": self.reports,
            "change": self.reports * CHANGES_A_REPORT,
            "takedown": self.reports * TAKEN_BACK,
            "read": self.reports * READS_A_REPORT,
            "desk": self.reports * DESK_A_REPORT,
            "sign_in": self.residents * SIGN_INS_A_RESIDENT,
            "round": self.wards * DAYS * OPERATIONS_A_ROUND,
            "receipt": self.emails,
        }

    def extras(self) -> dict[str, float]:
        """How often a report has each of these, which are sampled with one."""
        return {
            "photo_report": self.reports * PHOTOS_A_REPORT,
            "heard_report": self.residents * ALERTS_A_RESIDENT,
        }

    def busy_share(self, hours: float) -> float:
        """How many of all periods of that length have a change."""
        return 1 - math.exp(-self.changes / HOURS * hours)

    def changes_in(self, hours: float) -> float:
        """The changes of such a period that has any."""
        return self.changes / HOURS * hours / self.busy_share(hours)
