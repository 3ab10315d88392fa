"""The council's configuration, as publishing sees it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from chalicelib.catalogue.model import Council
from chalicelib.catalogue.published_services import services_document
from chalicelib.catalogue.texts import CouncilTexts
from chalicelib.kernel.languages import ENGLISH, Language, language
from chalicelib.publishing.model import INDEX, SERVICES, index_document, key_in_language
from chalicelib.publishing.ports import Publisher
from chalicelib.publishing.usecases import content_version
from chalicelib.reports.published import ReportView
from chalicelib.reports.usecases.resident.withdrawing import WITHDRAW_WITHIN


def publisher(council: Council, site_url: str) -> Publisher:
    """The council as publisher, with the names of the services whose reports may be public."""
    services = {
        service.service_code: service.service_name
        for service in council.services
        if service.visibility != "private"
    }
    return Publisher(council.name, site_url, services, council.security_contact)


def report_pages(
    council: Council, now: Callable[[], datetime]
) -> Mapping[str, Callable[[ReportView], bytes]]:
    """The functions that render the page of a report, by the language of the page."""
    from chalicelib.publishing.pages import JinjaPages

    spoken = [language(code) for code in council.languages]
    return {
        each.code: JinjaPages(
            council=council.page_details_in(each.code, each.say),
            services={
                code: service.service_name
                for code, service in council.in_language(each.code).by_code.items()
            },
            zone=council.zone,
            now=now,
            language=each,
            languages=spoken,
        ).render_report
        for each in spoken
    }


def fixed_documents(council: Council, push_key: str, now: datetime) -> dict[str, Any]:
    """The documents that follow from configuration alone, by key, in each language that the council
    offers. They list the bank holidays of this year and the two after it; a council publishes again
    more often than that."""
    spoken = [ENGLISH, *map(language, council.translations)]
    return {
        key: document
        for each in spoken
        for key, document in _documents_in(each, council, push_key, now).items()
    }


def _documents_in(
    spoken: Language, council: Council, push_key: str, now: datetime
) -> dict[str, Any]:
    services = services_document(council, spoken)
    translated = council.in_language(spoken.code)
    index = index_document(
        language=spoken.code,
        jurisdiction_id=council.jurisdiction_id,
        name=translated.name,
        phone=council.phone,
        opening_hours=translated.opening_hours,
        phone_hours=msgspec.to_builtins(council.answered_hours),
        out_of_hours_phone=council.out_of_hours_phone,
        time_zone=council.time_zone,
        bounds=council.box,
        basemap_attribution=council.basemap_attribution,
        withdraw_within_s=int(WITHDRAW_WITHIN.total_seconds()),
        publish_after_s=council.publish_after_s,
        push_key=push_key,
        sends_texts=council.texts_a_day > 0,
        holidays=[day for day in council.calendar.holidays if 0 <= day.year - now.year <= 2],
        neighbours=translated.neighbours,
        names=_names_in(council.translations.get(spoken.code, CouncilTexts())),
        versions={"services": content_version(services)},
    )
    return {
        key_in_language(SERVICES, spoken.code): services,
        key_in_language(INDEX, spoken.code): index,
    }


def _names_in(texts: CouncilTexts) -> dict[str, Any]:
    """The names in a language for codes of which documents have only the English names."""
    services = {code: each.service_name for code, each in texts.services.items()}
    return {
        "facility_kinds": texts.facility_kinds,
        "services": {code: name for code, name in services.items() if name},
        "wards": texts.wards,
    }
