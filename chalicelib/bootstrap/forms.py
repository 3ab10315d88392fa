"""Builds the pages without JavaScript."""

from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.kernel.time import utc_now

if TYPE_CHECKING:
    from chalicelib.forms.pages import FormPages


@container.once
def form_pages() -> "FormPages":
    from chalicelib.forms.pages import FormPages
    from chalicelib.forms.views import Wording
    from chalicelib.reports.reference import grouped
    from chalicelib.reports.states import LABELS

    here = container.council()
    return FormPages(
        council=here.said,
        wording=Wording(zone=here.zone, labels=LABELS, grouped=grouped, now=utc_now),
    )
