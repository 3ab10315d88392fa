"""Reports, as the erasure of an account sees them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from chalicelib.accounts.model import Account
from chalicelib.alerts.usecases.questions import person_id_of
from chalicelib.integrations.accounts_for_reports import author_of
from chalicelib.reports import ports as reports
from chalicelib.reports.published import ReportPart
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.lifecycle import forgetting


class ReportsForAccounts:
    def __init__(self, ports: Callable[[], reports.Ports]) -> None:
        self._ports = ports

    def about(self, account: Account) -> Iterable[str]:
        return forgetting.list_reports_about(author_of(account, self._ports()), self._ports())

    def parts_of(self, service_request_id: str, account: Account) -> Sequence[ReportPart]:
        author = author_of(account, self._ports())
        return forgetting.parts_of(service_request_id, author, self._ports())

    def forget_sender(self, service_request_id: str, *, redact: bool) -> None:
        forgetting.forget_sender(service_request_id, redact=redact, ports=self._ports())

    def forget_address(self, service_request_id: str, kind: Literal["email", "phone"]) -> None:
        forgetting.forget_address(service_request_id, kind, self._ports())

    def unfollow_all(self, account_id: str) -> None:
        forgetting.unfollow_all(Author(account_id), self._ports())

    def has_written(self, account_id: str) -> bool:
        return forgetting.has_written(account_id, self._ports())

    def forget_written(self, account_id: str, *, redact: bool) -> None:
        forgetting.forget_author(account_id, redact=redact, ports=self._ports())

    def has_answers(self, subscription_id: str) -> bool:
        return bool(self._ports().repository.list_answer_ids(person_id_of(subscription_id)))

    def forget_answers(self, subscription_id: str, *, redact: bool) -> None:
        person = person_id_of(subscription_id)
        forgetting.forget_answers(person, redact=redact, ports=self._ports())
