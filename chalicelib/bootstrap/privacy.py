"""Builds what shows and erases one person's data in several slices."""

from typing import TYPE_CHECKING

from chalicelib.accounts.erasure_ports import ErasurePorts
from chalicelib.bootstrap import container
from chalicelib.bootstrap.accounts import accounts_ports, audit_ports
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.bootstrap.desk import desk_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.kernel.languages import Language
from chalicelib.kernel.time import utc_now

if TYPE_CHECKING:
    from chalicelib.integrations.accounts_for_alerts import SubscriptionsForAccounts
    from chalicelib.privacy.page import ExportPages


@container.once
def erasure_ports() -> ErasurePorts:
    from chalicelib.accounts.dynamo.erasures import DynamoErasureLog, DynamoErasures
    from chalicelib.desk.usecases.saved_views import forget_views
    from chalicelib.integrations.reports_for_accounts import ReportsForAccounts

    people = accounts_ports()
    return ErasurePorts(
        accounts=people.accounts,
        sessions=people.sessions,
        attempts=people.attempts,
        erasures=DynamoErasures(container.table("accounts")),
        erased=DynamoErasureLog(container.table("audit")),
        reports=ReportsForAccounts(reports_ports),
        subscriptions=subscriptions_of_people(),
        forget_desk=lambda account_id: forget_views(account_id, desk_ports()),
        log=audit_ports(),
        now=utc_now,
    )


@container.once
def subscriptions_of_people() -> "SubscriptionsForAccounts":
    from chalicelib.integrations.accounts_for_alerts import SubscriptionsForAccounts

    return SubscriptionsForAccounts(alerts_ports().subscriptions, alerts_ports().ids)


@container.once
def export_pages(language: Language) -> "ExportPages":
    # Imported where a page is made: jinja2 takes a while to load.
    from chalicelib.integrations.names_for_exports import code_names, question_names
    from chalicelib.privacy.page import ExportPages

    here = container.council().in_language(language.code)
    return ExportPages(
        language=language,
        council=here.name,
        zone=here.zone,
        names=code_names(here, language),
        questions=dict(question_names(here)),
    )
