"""Asks followers of a report whether the problem is mended, and asks the reporter what officers
want to know. Each link answers for one person only."""

import re
from typing import NamedTuple

from chalicelib.alerts.links import answer_url, reply_url
from chalicelib.alerts.model import Subscription
from chalicelib.alerts.ports import Ports
from chalicelib.alerts.tokens import SubscriptionTokens
from chalicelib.errors import NotFound
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.site import Site
from chalicelib.texts import Text

_TOKEN = re.compile(r"([0-9a-f]{32})\.([0-9A-Z]{12})\.([1-9][0-9]{0,5})\.([0-9a-f]{32})")


class Question(NamedTuple):
    """A question to one subscriber about one repair of a report. `person` and `answer_id` do not
    reveal who the subscriber is; `is_own`: the report is the subscriber's own."""

    service_request_id: str
    repair: int
    person: str
    answer_id: str
    is_own: bool


def question_token(
    subscription: Subscription, service_request_id: str, repair: int, tokens: SubscriptionTokens
) -> str:
    """The token for the link in the question; a secret. Raises UpstreamFailed."""
    proof = tokens.answer_token(subscription, service_request_id, repair)
    return f"{subscription.subscription_id}.{service_request_id}.{repair}.{proof}"


def reply_token(
    subscription: Subscription, service_request_id: str, number: int, tokens: SubscriptionTokens
) -> str:
    """The token for the link to an officer's question; a secret. Raises UpstreamFailed."""
    proof = tokens.reply_token(subscription, service_request_id, number)
    return f"{subscription.subscription_id}.{service_request_id}.{number}.{proof}"


def answer_link(
    subscription: Subscription,
    service_request_id: str,
    repair: int,
    site: Site,
    *,
    tokens: SubscriptionTokens,
) -> str:
    """The link in the question whether that repair holds. Raises UpstreamFailed."""
    return answer_url(site, question_token(subscription, service_request_id, repair, tokens))


def reply_link(
    subscription: Subscription,
    service_request_id: str,
    number: int,
    site: Site,
    *,
    tokens: SubscriptionTokens,
) -> str:
    """The link in an officer's question. Raises UpstreamFailed."""
    return reply_url(site, reply_token(subscription, service_request_id, number, tokens))


def asked_by(token: str, ports: Ports) -> tuple[str, int]:
    """The report, and the number of the question that was sent with this link to the reporter.
    Raises NotFound, UpstreamFailed."""
    subscription, request_id, number, proof = _sent_with(token, ports)
    is_own = subscription.is_own and subscription.topic.service_request_id == request_id
    if not (is_own and ports.tokens.is_reply_token(subscription, request_id, number, proof)):
        raise _no_question()
    return request_id, number


def question_of(token: str, ports: Ports) -> Question:
    """The question that was sent with the link. Raises NotFound if the link belongs to no question,
    UpstreamFailed."""
    subscription, request_id, repair, proof = _sent_with(token, ports)
    subscription_id = subscription.subscription_id
    if not ports.tokens.is_answer_token(subscription, request_id, repair, proof):
        raise _no_question()
    is_own = subscription.is_own and subscription.topic.service_request_id == request_id
    answer_id = derived_id("mended", subscription_id, request_id, str(repair))
    return Question(request_id, repair, answers_as(subscription_id), answer_id, is_own)


def answers_as(subscription_id: str) -> str:
    """The id that stands for the subscriber where answers are kept."""
    return derived_id("mended", subscription_id)


def _sent_with(token: str, ports: Ports) -> tuple[Subscription, str, int, str]:
    """The subscription that the link belongs to, its report and question, and its proof. Raises
    NotFound."""
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise _no_question()
    subscription = ports.subscriptions.get(found[1])
    if subscription is None or subscription.is_over(ports.now()):
        # An answer would be stored about a person whose data was deleted.
        raise _no_question()
    return subscription, found[2], int(found[3]), found[4]


def _no_question() -> NotFound:
    return NotFound(Text("This link is incomplete or wrong. Open it again from our message."))
