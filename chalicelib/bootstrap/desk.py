"""Builds the officers' desk."""

from chalicelib.accounts import audit
from chalicelib.bootstrap.accounts import accounts_ports, audit_ports, note
from chalicelib.bootstrap.container import council, once, random_id, table
from chalicelib.bootstrap.reports import stored_jobs
from chalicelib.desk import ports as desk
from chalicelib.kernel.time import utc_now
from chalicelib.reports.states import LABELS

MOST_OF_A_HISTORY = 100


@once
def desk_ports() -> desk.Ports:
    from chalicelib.desk.dynamo import DynamoTemplates, DynamoUndos, DynamoViews
    from chalicelib.integrations.accounts_for_desk import names_of_staff
    from chalicelib.integrations.jobs_for_desk import JobsForDesk

    stored = table("jobs")
    return desk.Ports(
        templates=DynamoTemplates(stored),
        views=DynamoViews(stored),
        undos=DynamoUndos(stored),
        jobs=JobsForDesk(stored_jobs),
        council=council(),
        states=frozenset(LABELS),
        note=note,
        log=lambda service_request_id: audit.about(
            service_request_id, limit=MOST_OF_A_HISTORY, ports=audit_ports()
        ),
        names=lambda account_ids: names_of_staff(account_ids, accounts_ports().accounts),
        random_id=random_id,
        now=utc_now,
    )
