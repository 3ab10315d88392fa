"""Builds the officers' desk."""

from chalicelib.accounts import audit
from chalicelib.bootstrap import container
from chalicelib.bootstrap.accounts import accounts_ports, audit_ports, record_action
from chalicelib.bootstrap.reports import stored_jobs
from chalicelib.desk import ports as desk
from chalicelib.kernel.time import utc_now

MOST_OF_A_HISTORY = 100


@container.once
def desk_ports() -> desk.Ports:
    from chalicelib.desk.dynamo import DynamoDesk
    from chalicelib.integrations.accounts_for_desk import names_of_staff
    from chalicelib.integrations.jobs_for_desk import jobs_of_report

    return desk.Ports(
        store=DynamoDesk(container.table("jobs")),
        jobs_of=lambda service_request_id: jobs_of_report(service_request_id, stored_jobs()),
        council=container.council(),
        record_action=record_action,
        audit_entries=lambda service_request_id: audit.entries_about(
            service_request_id, limit=MOST_OF_A_HISTORY, ports=audit_ports()
        ),
        names=lambda account_ids: names_of_staff(account_ids, accounts_ports().accounts),
        random_id=container.random_id,
        now=utc_now,
    )
