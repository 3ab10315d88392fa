"""Builds the publishing of documents and of figures."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from chalicelib.areas.usecases import ward_areas
from chalicelib.bootstrap import container, messaging
from chalicelib.bootstrap.areas import areas_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.kernel.time import utc_now
from chalicelib.publishing import ports as publishing
from chalicelib.publishing.model import tile_of_all
from chalicelib.reports.published import ReportView


@container.once
def publishing_ports() -> publishing.Ports:
    from chalicelib.integrations.council_for_publishing import fixed_documents, publisher
    from chalicelib.integrations.reports_for_publishing import ReportsForPublishing, open311_entry
    from chalicelib.publishing.s3_documents import S3Photos

    here, to = container.council(), container.settings()
    return publishing.Ports(
        documents=container.published_documents(),
        photos=S3Photos(container.s3(), kept=to.photos_bucket, published=to.published_bucket),
        purge=container.cdn().invalidate,
        reports=ReportsForPublishing(reports_ports),
        pages={code: partial(_render_page, code) for code in here.languages},
        now=utc_now,
        fixed_documents=lambda: fixed_documents(here, messaging.push_key().public_key, utc_now()),
        council_tile=tile_of_all(here.box),
        closed_shown=timedelta(days=here.closed_shown_days),
        publisher=publisher(here, to.site_url),
        open311_entry=partial(open311_entry, agency=here.name),
        wards=lambda: ward_areas(areas_ports()),
    )


@container.once
def page_renderers() -> Mapping[str, Callable[[ReportView], bytes]]:
    """Renders the page of a report, by language. Jinja and the templates take a sixth of the first
    run of a function that publishes; those of open data and of wards need none."""
    from chalicelib.integrations.council_for_publishing import report_pages

    return report_pages(container.council(), utc_now)


def _render_page(code: str, report: ReportView) -> bytes:
    return page_renderers()[code](report)


@container.once
def figures_ports() -> publishing.FiguresPorts:
    from chalicelib.integrations.council_for_publishing import publisher

    return publishing.FiguresPorts(
        documents=container.published_documents(),
        counting=counting_ports(),
        services=lambda: publisher(container.council(), container.settings().site_url).services,
        wards=lambda: {ward.code: ward.name for ward in ward_areas(areas_ports())},
        now=utc_now,
    )


@container.once
def counting_ports() -> publishing.CountingPorts:
    from chalicelib.integrations.reports_for_publishing import OutcomesForFigures
    from chalicelib.publishing.dynamo import DynamoCounters

    return publishing.CountingPorts(
        outcomes=OutcomesForFigures(reports_ports),
        counters=DynamoCounters(container.table("figures")),
        now=utc_now,
    )
