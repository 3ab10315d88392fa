"""Builds the wording of pages without JavaScript."""

from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.kernel.time import utc_now

if TYPE_CHECKING:
    from chalicelib.forms.views import Wording


@container.once
def wording() -> "Wording":
    from chalicelib.forms.views import Wording
    from chalicelib.reports.reference import grouped
    from chalicelib.reports.states import LABELS

    return Wording(zone=container.council().zone, labels=LABELS, grouped=grouped, now=utc_now)
