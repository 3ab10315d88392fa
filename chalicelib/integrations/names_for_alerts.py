"""Reads the names of services and places for the messages and pages of alerts."""

from chalicelib.alerts.presentation import Names
from chalicelib.areas.ports import Places
from chalicelib.catalogue.model import Council
from chalicelib.kernel.languages import Language


def names_for_alerts(council: Council, places: Places, language: Language) -> Names:
    """The names in that language. Raises UpstreamFailed."""
    translated, translation = (
        council.in_language(language.code),
        council.translations.get(language.code),
    )
    wards = translation.wards if translation else {}
    return Names(
        language=language,
        council=translated.name,
        services={code: service.service_name for code, service in translated.by_code.items()},
        wards={ward.code: wards.get(ward.code, ward.name) for ward in places.wards()},
    )
