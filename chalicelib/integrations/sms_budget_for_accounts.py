"""The part of the day's budget for text messages that sign-in codes may use."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING

from chalicelib.alerts.sms_budget import (
    measure_spending,
    segments_a_day,
    segments_for_unknown_devices,
)
from chalicelib.catalogue.model import Council
from chalicelib.kernel.segments import count_segments

if TYPE_CHECKING:
    from chalicelib.alerts.dynamo.alerts import DynamoSendingBudget


class SmsBudgetForAccounts:
    def __init__(
        self,
        budget: "Callable[[], DynamoSendingBudget]",
        council: Council,
        now: Callable[[], datetime],
    ) -> None:
        self._budget = budget
        self._council = council
        self._now = now

    def take(self, text: str, *, is_known: bool) -> Callable[[], None] | None:
        day, budget, most, cost = (
            self._today(),
            self._budget(),
            self._most(is_known),
            count_segments(text),
        )
        spent = budget.take(day, "sign_in", cost, most=most)
        measure_spending("sign_in", spent, most)
        if spent is None:
            return None
        return partial(budget.give_back, day, "sign_in", cost)

    def is_spent(self, *, is_known: bool) -> bool:
        return self._budget().amount_taken(self._today(), "sign_in") >= self._most(is_known)

    def _most(self, is_known: bool) -> int:
        each_day = self._council.texts_a_day
        return (
            segments_a_day("sign_in", each_day)
            if is_known
            else segments_for_unknown_devices(each_day)
        )

    def _today(self) -> date:
        return self._now().astimezone(self._council.zone).date()
