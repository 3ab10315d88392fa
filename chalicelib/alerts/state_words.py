"""Words of messages about the state of a report, and about changes of it."""

from collections.abc import Mapping
from typing import Literal

from chalicelib.kernel.languages import translatable
from chalicelib.kernel.words import Words

SHORT_STATES: Mapping[str, str] = {
    "not_councils_responsibility": translatable("Not the council's"),
    "internal_referral": translatable("Passed on"),
}
SHORT_PLAN = translatable("Work on {day}")
"""Shorter names of states, for text messages that would otherwise take two segments."""
STATE_MEANINGS: Words[str] = Words(
    {
        "open": translatable("We have the report, but have not looked at it yet."),
        "for_triage": translatable("We are finding out which team can help."),
        "investigating": translatable("We are looking into it."),
        "in_progress": translatable("We are working on it."),
        "action_scheduled": translatable("We have planned the work."),
        "reopen": translatable("The report is open again, and we are looking at it."),
        "fixed": translatable("The work is done."),
        "closed": translatable("We have closed the report."),
        "duplicate": translatable(
            "This has already been reported. We're dealing with both reports together."
        ),
        "not_councils_responsibility": translatable("The council isn't responsible for this."),
        "no_further_action": translatable("We have looked at it and will not do any work."),
        "internal_referral": translatable("Passed to another team."),
        "cancelled": translatable("The report was withdrawn."),
    }
)
REQUEST_STATE_MEANINGS: Mapping[str, str] = {
    "open": translatable("We have the request, but have not looked at it yet."),
    "reopen": translatable("The request is open again, and we are looking at it."),
    "closed": translatable("We have closed the request."),
    "cancelled": translatable("The request was cancelled."),
}
"""The meanings of these states for a request."""
Relation = Literal["own", "own_request", "followed", "matching"]
"""The relation of a subscriber to a report."""
STATE_CHANGED: Mapping[Relation, str] = {
    "own": translatable("The status of your report has changed."),
    "own_request": translatable("The status of your request has changed."),
    "followed": translatable("The status of a report that you follow has changed."),
    "matching": translatable("The status of a report that matches your alerts has changed."),
}
STATE_CHANGED_NEARBY = translatable(
    "The status of a report that matches your alerts, {distance} from the place that you chose, "
    "has changed."
)
NEW_UPDATE: Mapping[Relation, str] = {
    "own": translatable("There's an update on your report."),
    "own_request": translatable("There's an update on your request."),
    "followed": translatable("There's an update on a report that you follow."),
    "matching": translatable("There's an update on a report that matches your alerts."),
}
NEW_DATE: Mapping[Relation, str] = {
    "own": translatable("There's a new date for your report."),
    "own_request": translatable("There's a new date for your request."),
    "followed": translatable("There's a new date for a report that you follow."),
    "matching": translatable("There's a new date for a report that matches your alerts."),
}
