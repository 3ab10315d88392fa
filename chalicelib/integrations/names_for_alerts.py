"""The names of services and places, as messages and pages of alerts use them."""

from chalicelib.alerts.presentation import Names
from chalicelib.areas.ports import Places
from chalicelib.catalogue.model import Council
from chalicelib.kernel.languages import Language


def names_for_alerts(council: Council, places: Places, language: Language) -> Names:
    """Raises UpstreamFailed."""
    return Names(
        language=language,
        council=council.said_in(language.code, language.say)["name"],
        services={code: service.service_name for code, service in council.by_code.items()},
        wards={ward.code: ward.name for ward in places.wards()},
    )
