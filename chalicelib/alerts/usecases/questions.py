"""Whoever follows a report is asked whether it is mended, and whoever sent it what officers want to
know: by a link that answers for her alone."""

import re
from typing import NamedTuple

from chalicelib.alerts.model import Subscription
from chalicelib.alerts.ports import Ports, Tokens
from chalicelib.errors import NotFound
from chalicelib.kernel.ids import derived_id

_TOKEN = re.compile(r"([0-9a-f]{32})\.([0-9A-Z]{12})\.([1-9][0-9]{0,5})\.([0-9a-f]{32})")


class Question(NamedTuple):
    """Who was asked about which repair of which report. `person` and `answer_id` say nothing of who
    she is; `is_own`: it is her own report."""

    service_request_id: str
    repair: int
    person: str
    answer_id: str
    is_own: bool


def question_token(
    subscription: Subscription, service_request_id: str, repair: int, tokens: Tokens
) -> str:
    """What the link in the question carries; a secret. Raises UpstreamFailed."""
    proof = tokens.answer(subscription, service_request_id, repair)
    return f"{subscription.subscription_id}.{service_request_id}.{repair}.{proof}"


def reply_token(
    subscription: Subscription, service_request_id: str, number: int, tokens: Tokens
) -> str:
    """What the link to what an officer asks carries; a secret. Raises UpstreamFailed."""
    proof = tokens.reply(subscription, service_request_id, number)
    return f"{subscription.subscription_id}.{service_request_id}.{number}.{proof}"


def asked_by(token: str, ports: Ports) -> tuple[str, int]:
    """The report and the number of the question that the link was sent with, to whoever sent the
    report. Raises NotFound, UpstreamFailed."""
    subscription, request_id, number, proof = _sent_with(token, ports)
    is_hers = subscription.is_own and subscription.topic.service_request_id == request_id
    if not (is_hers and ports.tokens.holds_reply(subscription, request_id, number, proof)):
        raise _no_question()
    return request_id, number


def question_of(token: str, ports: Ports) -> Question:
    """The question that the link was sent with. Raises NotFound where it was sent with none,
    UpstreamFailed."""
    subscription, request_id, repair, proof = _sent_with(token, ports)
    subscription_id = subscription.subscription_id
    if not ports.tokens.holds_answer(subscription, request_id, repair, proof):
        raise _no_question()
    is_own = subscription.is_own and subscription.topic.service_request_id == request_id
    answer_id = derived_id("mended", subscription_id, request_id, str(repair))
    return Question(request_id, repair, answers_as(subscription_id), answer_id, is_own)


def answers_as(subscription_id: str) -> str:
    """Who it is, where answers are kept, that a subscription's questions go to."""
    return derived_id("mended", subscription_id)


def _sent_with(token: str, ports: Ports) -> tuple[Subscription, str, int, str]:
    """Whose link it is, of which report and question, and its proof. Raises NotFound."""
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise _no_question()
    subscription = ports.subscriptions.get(found[1])
    if subscription is None or subscription.is_over(ports.now()):
        # What she says would be kept of somebody who was forgotten.
        raise _no_question()
    return subscription, found[2], int(found[3]), found[4]


def _no_question() -> NotFound:
    return NotFound("This link is not one of ours: open it again from our message, whole.")
