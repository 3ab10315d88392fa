"""The route of the garden waste subscription that a case bought, for the officers' desk."""

import msgspec

from chalicelib.bootstrap.garden import garden_ports
from chalicelib.bootstrap.payments import order_ports
from chalicelib.bootstrap.reports import garden_purchases, reports_ports
from chalicelib.garden.views import GardenView, garden_view
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import id_of
from chalicelib.handlers.http.routes import Routes
from chalicelib.integrations.garden_cancelling import refund_pence
from chalicelib.reports.usecases.access import get_visible_report, require_team_access

routes = Routes(__name__)


class CaseGarden(msgspec.Struct, frozen=True, kw_only=True):
    """The garden waste subscription of a case. `subscription` is None if the case bought none.
    `may_cancel`: this officer may cancel it now; then `refund_pence` is refunded to the cards that
    paid for it."""

    subscription: GardenView | None = None
    may_cancel: bool = False
    refund_pence: int = 0


@routes.endpoint(
    "/api/cases/{service_request_id}/garden",
    method="GET",
    auth=auth.may("cases.handle"),
    summary=("Get the garden waste subscription of a case, and whether the officer may cancel it"),
)
def get_garden_subscription(call: Call, service_request_id: str) -> CaseGarden:
    author = call.caller.author()
    report = get_visible_report(id_of(service_request_id), author, reports_ports())
    require_team_access(report, author)
    found = garden_purchases().subscription_of(report)
    if found is None:
        return CaseGarden()
    ports = garden_ports()
    is_live = found.is_live(ports.today)
    return CaseGarden(
        subscription=garden_view(found, ports),
        may_cancel=is_live and call.caller.may("garden.manage"),
        refund_pence=refund_pence(found, ports, order_ports()) if is_live else 0,
    )
