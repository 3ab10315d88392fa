"""The desk of officers, with the other slices as it sees them."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache

from chalicelib.accounts import audit
from chalicelib.accounts.model import Account
from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.bootstrap.auditing import audit_ports
from chalicelib.bootstrap.base import council, session, settings
from chalicelib.bootstrap.stored_jobs import stored_jobs
from chalicelib.desk import ports as desk
from chalicelib.desk.model import CaseJob
from chalicelib.reports.states import LABELS

MOST_OF_A_HISTORY = 100


@cache
def desk_ports() -> desk.Ports:
    from secrets import token_hex

    from chalicelib.aws.clients import lend_to_pynamodb
    from chalicelib.desk.dynamo import DynamoTemplates, DynamoUndos, DynamoViews
    from chalicelib.kernel.time import utc_now

    lend_to_pynamodb(session)
    table = settings().jobs_table
    return desk.Ports(
        templates=DynamoTemplates(table),
        views=DynamoViews(table),
        undos=DynamoUndos(table),
        jobs=JobsOfCases(),
        council=CouncilOfDesk(),
        note=lambda actor, deed, subject, details: audit.note(
            actor, deed, subject, details, audit_ports()
        ),
        log=lambda service_request_id: audit.about(
            service_request_id, limit=MOST_OF_A_HISTORY, ports=audit_ports()
        ),
        names=names_of_staff,
        random_id=lambda: token_hex(16),
        now=utc_now,
    )


class CouncilOfDesk:
    """The council as the desk sees it."""

    @property
    def services(self) -> Mapping[str, str]:
        return {code: service.service_name for code, service in council().by_code.items()}

    @property
    def states(self) -> Collection[str]:
        return LABELS.keys()


class JobsOfCases:
    """The jobs as cases see them."""

    def of_report(self, service_request_id: str) -> Sequence[CaseJob]:
        return [
            CaseJob(
                job_id=job.job_id,
                version=job.version,
                kind=job.kind,
                state=job.state,
                title=job.title,
                team=job.team,
                crew=job.crew,
                planned_day=job.planned_day,
                due=job.due,
                updated_at=job.updated_at,
            )
            for job in stored_jobs().of_report(service_request_id)
        ]


def names_of_staff(account_ids: Collection[str]) -> Mapping[str, str]:
    """What staff call each other; of those who are not known, nothing."""
    found = {each: accounts_ports().accounts.get(each) for each in account_ids}
    named = {each: _name(account) for each, account in found.items() if account}
    return {audit.OPERATOR: "The operator", **named}


def _name(account: Account) -> str:
    addresses = (each.value for each in account.addresses)
    return account.work_name or account.name or account.work_email or next(addresses, "An officer")
