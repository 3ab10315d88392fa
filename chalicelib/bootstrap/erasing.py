"""One person's data in several slices: to show it to that person, and to erase it."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Literal

from chalicelib.accounts.model import Account
from chalicelib.accounts.ports import ErasurePorts
from chalicelib.alerts.usecases.questions import answers_as
from chalicelib.bootstrap.alerts import SubscriptionsOfPeople
from chalicelib.bootstrap.base import session, settings
from chalicelib.bootstrap.desk import desk_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.desk.usecases import forget_views
from chalicelib.reports.usecases import access
from chalicelib.reports.usecases.lifecycle import forgetting

if TYPE_CHECKING:
    from chalicelib.reports.usecases.access import Author
    from chalicelib.reports.usecases.lifecycle.forgetting import Part


def author_of(account: Account) -> "Author":
    """The author as reports know them, with the keys of reports that name them as contact."""
    ids = reports_ports().ids
    keys: dict[str, list[str]] = {"email": [], "phone": []}
    for each in account.addresses:
        if key := ids.contact_key(each.kind, each.value):
            keys[each.kind].append(key)
    return access.Author(
        account.account_id, email_keys=tuple(keys["email"]), phone_keys=tuple(keys["phone"])
    )


@cache
def erasure_ports() -> ErasurePorts:
    from chalicelib.accounts.dynamo.accounts import DynamoAccounts
    from chalicelib.accounts.dynamo.attempts import DynamoAttempts
    from chalicelib.accounts.dynamo.erasures import DynamoErased, DynamoErasures
    from chalicelib.accounts.dynamo.sessions import DynamoSessions
    from chalicelib.aws.clients import lend_to_pynamodb
    from chalicelib.bootstrap.accounts import digest
    from chalicelib.bootstrap.auditing import audit_ports
    from chalicelib.kernel.time import utc_now

    lend_to_pynamodb(session)
    table = settings().accounts_table
    return ErasurePorts(
        accounts=DynamoAccounts(table, digest),
        sessions=DynamoSessions(table),
        attempts=DynamoAttempts(table),
        erasures=DynamoErasures(table),
        erased=DynamoErased(settings().audit_table),
        reports=ReportsOfPeople(),
        subscriptions=SubscriptionsOfPeople(),
        forget_desk=lambda account_id: forget_views(account_id, desk_ports().views),
        log=audit_ports(),
        now=utc_now,
    )


class ReportsOfPeople:
    """The reports slice as accounts see it."""

    def about(self, account: Account) -> Iterable[str]:
        return forgetting.reports_about(author_of(account), reports_ports())

    def parts_of(self, service_request_id: str, account: Account) -> "Sequence[Part]":
        return forgetting.parts_of(service_request_id, author_of(account), reports_ports())

    def forget_sender(self, service_request_id: str, *, redact: bool) -> None:
        forgetting.forget_sender(service_request_id, redact=redact, ports=reports_ports())

    def forget_address(self, service_request_id: str, kind: Literal["email", "phone"]) -> None:
        forgetting.forget_address(service_request_id, kind, reports_ports())

    def unfollow_all(self, account_id: str) -> None:
        forgetting.unfollow_all(access.Author(account_id), reports_ports())

    def has_written(self, account_id: str) -> bool:
        return forgetting.has_written(account_id, reports_ports())

    def forget_written(self, account_id: str, *, redact: bool) -> None:
        forgetting.forget_written(account_id, redact=redact, ports=reports_ports())

    def has_answers(self, subscription_id: str) -> bool:
        return bool(reports_ports().repository.answered(answers_as(subscription_id)))

    def forget_answers(self, subscription_id: str, *, redact: bool) -> None:
        person = answers_as(subscription_id)
        forgetting.forget_answers(person, redact=redact, ports=reports_ports())
