"""Routes of disruptions, for officers. The public reads the published document."""

from http import HTTPStatus

from chalicelib.alerts.audience import Audience
from chalicelib.alerts.usecases import audience_estimate
from chalicelib.bootstrap.alerts import estimate_ports, extent_of
from chalicelib.bootstrap.disruptions import disruptions_ports
from chalicelib.disruptions import usecases
from chalicelib.disruptions.model import DisruptionArea, DisruptionChanges, DisruptionDraft
from chalicelib.disruptions.views import DisruptionList, DisruptionView, list_of, view_of
from chalicelib.errors import Conflict
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import hex_id_of
from chalicelib.handlers.http.routes import Routes

routes = Routes(__name__)


@routes.endpoint(
    "/api/disruptions",
    method="GET",
    auth=auth.may("disruptions.post"),
    summary="List current and future disruptions, as they are stored now",
)
def list_disruptions(_: Call) -> DisruptionList:
    return list_of(usecases.list_current(disruptions_ports()))


@routes.endpoint(
    "/api/disruptions",
    method="POST",
    auth=auth.may("disruptions.post"),
    summary="Post a disruption",
    success=HTTPStatus.CREATED,
    keyed=True,
    raises=(Conflict,),
)
def post_disruption(call: Call, draft: DisruptionDraft) -> DisruptionView:
    key = call.idempotency_key
    return view_of(usecases.post_disruption(draft, key, _officer(call), disruptions_ports()))


@routes.endpoint(
    "/api/disruptions/audience",
    method="POST",
    auth=auth.may("disruptions.post"),
    summary=("Estimate how many messages a disruption in an area sends, and how long that takes"),
)
def estimate_audience(_: Call, area: DisruptionArea) -> Audience:
    usecases.check_area(area, disruptions_ports())
    return audience_estimate.estimate_audience(extent_of(area), estimate_ports())


@routes.endpoint(
    "/api/disruptions/{disruption_id}",
    method="PATCH",
    auth=auth.may("disruptions.post"),
    summary="Change a disruption; If-Match names the version",
    versioned=True,
    raises=(Conflict,),
)
def change_disruption(call: Call, changes: DisruptionChanges, disruption_id: str) -> DisruptionView:
    version = call.version
    ports = disruptions_ports()
    return view_of(
        usecases.change_disruption(_id_of(disruption_id), changes, version, _officer(call), ports)
    )


@routes.endpoint(
    "/api/disruptions/{disruption_id}",
    method="DELETE",
    auth=auth.may("disruptions.post"),
    summary="Withdraw a disruption; If-Match names the version",
    versioned=True,
    raises=(Conflict,),
)
def withdraw_disruption(call: Call, disruption_id: str) -> DisruptionView:
    version, ports = call.version, disruptions_ports()
    return view_of(
        usecases.withdraw_disruption(_id_of(disruption_id), version, _officer(call), ports)
    )


def _id_of(text: str) -> str:
    return hex_id_of(text, f"There is no disruption {text}.")


def _officer(call: Call) -> usecases.Officer:
    remits = call.caller.remits("disruptions.post")
    return usecases.Officer(
        call.caller.signed_in.account_id, [(each.teams, each.wards) for each in remits]
    )
