"""Claims: of the reports about one matter only the first is stored. A claim is an item of its own,
which is stored in one transaction with the report that holds it."""

from collections.abc import Collection, Mapping
from datetime import timedelta

from pynamodb.attributes import TTLAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.kernel.optimistic import AlreadyExists, VersionConflict
from chalicelib.reports.dynamo.items import ReportItem, ReportsItem, item_of, report_of
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import AlreadyClaimed

RECORD = "claim"
KEPT_FOR = timedelta(days=30)


class FirstRequestItem(ReportsItem):
    """A claim: its `service_request_id` says what is claimed, `holder` is the report that holds it.
    Personal data: its name has the premises."""

    holder = UnicodeAttribute()
    expires_at = TTLAttribute(null=True)


class DynamoClaims:
    """The part of the Repository about claims."""

    def create_with_claim(
        self,
        report: ServiceRequest,
        claim: str,
        *,
        instead_of: str | None = None,
        is_kept: bool = False,
    ) -> ServiceRequest:
        item = item_of(report)
        end = None if is_kept else report.requested_datetime + KEPT_FOR
        held = FirstRequestItem(claim, RECORD, holder=report.service_request_id, expires_at=end)
        free = (
            FirstRequestItem.holder == instead_of
            if instead_of
            else FirstRequestItem.holder.does_not_exist()
        )
        with ReportItem.translate_errors():
            try:
                with TransactWrite(connection=Connection()) as transaction:
                    transaction.save(item, ReportItem.service_request_id.does_not_exist())
                    transaction.save(held, free)
            except TransactWriteError as error:
                refusal = self._error_of(error, claim)
                if refusal is None:
                    raise
                raise refusal from error
        return report_of(item)

    def find_claim_holders(self, claims: Collection[str]) -> Mapping[str, str]:
        keys = [(claim, RECORD) for claim in dict.fromkeys(claims)]
        with FirstRequestItem.translate_errors():
            found = FirstRequestItem.batch_get(keys, consistent_read=True)
            return {item.service_request_id: item.holder for item in found}

    def _error_of(self, error: TransactWriteError, claim: str) -> Exception | None:
        """What a refused transaction means to the caller; None if no condition refused it."""
        reasons = [each and each.code for each in error.cancellation_reasons]
        if "TransactionConflict" in reasons:
            return VersionConflict()
        if "ConditionalCheckFailed" not in reasons:
            return None
        return AlreadyExists() if reasons[0] else self._find_conflict(claim)

    def _find_conflict(self, claim: str) -> Exception:
        holder = self.find_claim_holders([claim]).get(claim)
        return AlreadyClaimed(holder) if holder else VersionConflict()
