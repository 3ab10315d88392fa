"""Say before a request is sent whether an officer may grant its reduced price."""

from chalicelib.kernel.time import truncate_to_second
from chalicelib.reports.drafts import Draft
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.location import with_premises
from chalicelib.reports.usecases.new_orders import has_concession, may_grant
from chalicelib.reports.usecases.submission import new_report


def may_grant_concession(draft: Draft, author: Author, ports: Ports) -> bool:
    """True if the author may grant the reduced price of the request that the draft would make: its
    team and ward follow from its answers and place. Raises Invalid, UpstreamFailed."""
    draft, now = with_premises(draft, ports), ports.now()
    answers, _ = ports.council.check_answers(draft.service_code, draft.attributes or {}, now)
    report = new_report(draft, answers, "", "", requested=truncate_to_second(now), ports=ports)
    return has_concession(report, ports) and may_grant(report, author)
