"""The names of services and places, as messages and pages of alerts use them."""

from chalicelib.alerts.presentation import Names
from chalicelib.areas.ports import Places
from chalicelib.catalogue.model import Council
from chalicelib.kernel.languages import Language


def names_for_alerts(council: Council, places: Places, language: Language) -> Names:
    """Raises UpstreamFailed."""
    shown, own = council.in_language(language.code), council.translations.get(language.code)
    names = own.wards if own else {}
    return Names(
        language=language,
        council=shown.name,
        services={code: service.service_name for code, service in shown.by_code.items()},
        wards={ward.code: names.get(ward.code, ward.name) for ward in places.wards()},
    )
