"""Makes and reads the links of questions: to followers of a report whether the problem is fixed,
and of officers to the reporter. Each link is for the answer of one person."""

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


class RepairQuestion(NamedTuple):
    """A question to one subscriber about one repair of a report. `person` and `answer_id` do not
    reveal who the subscriber is. `is_own`: the report is the subscriber's own."""

    service_request_id: str
    repair: int
    person: str
    answer_id: str
    is_own: bool


def repair_question_token(
    subscription: Subscription, service_request_id: str, repair: int, tokens: SubscriptionTokens
) -> str:
    """The token for the link in the question about a repair; a secret. Raises UpstreamFailed."""
    proof = tokens.answer_token(subscription, service_request_id, repair)
    return f"{subscription.subscription_id}.{service_request_id}.{repair}.{proof}"


def officer_question_token(
    subscription: Subscription, service_request_id: str, number: int, tokens: SubscriptionTokens
) -> str:
    """The token for the link in an officer's question; a secret. Raises UpstreamFailed."""
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
    """The link in the question whether that repair holds; a secret. Raises UpstreamFailed."""
    return answer_url(site, repair_question_token(subscription, service_request_id, repair, tokens))


def reply_link(
    subscription: Subscription,
    service_request_id: str,
    number: int,
    site: Site,
    *,
    tokens: SubscriptionTokens,
) -> str:
    """The link in an officer's question; a secret. Raises UpstreamFailed."""
    return reply_url(site, officer_question_token(subscription, service_request_id, number, tokens))


def read_officer_question(token: str, ports: Ports) -> tuple[str, int]:
    """The id of the report and the number of the officer's question of this token. Raises NotFound
    if the token is wrong, UpstreamFailed."""
    subscription, request_id, number, proof = _read_token(token, ports)
    is_own = subscription.is_own and subscription.topic.service_request_id == request_id
    if not (is_own and ports.tokens.is_reply_token(subscription, request_id, number, proof)):
        raise _wrong_link()
    return request_id, number


def read_repair_question(token: str, ports: Ports) -> RepairQuestion:
    """The question of this token. Raises NotFound if the token is wrong, UpstreamFailed."""
    subscription, request_id, repair, proof = _read_token(token, ports)
    subscription_id = subscription.subscription_id
    if not ports.tokens.is_answer_token(subscription, request_id, repair, proof):
        raise _wrong_link()
    is_own = subscription.is_own and subscription.topic.service_request_id == request_id
    answer_id = derived_id("mended", subscription_id, request_id, str(repair))
    return RepairQuestion(request_id, repair, person_id_of(subscription_id), answer_id, is_own)


def person_id_of(subscription_id: str) -> str:
    """The id that stands for the subscriber where answers are stored."""
    return derived_id("mended", subscription_id)


def _read_token(token: str, ports: Ports) -> tuple[Subscription, str, int, str]:
    """The subscription of the token, the id of the report, the number of the question, and the
    proof, which is not checked yet. Raises NotFound, UpstreamFailed."""
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise _wrong_link()
    subscription = ports.subscriptions.get(found[1])
    if subscription is None or subscription.is_over(ports.now()):
        # An answer would be stored about a person whose data was deleted.
        raise _wrong_link()
    return subscription, found[2], int(found[3]), found[4]


def _wrong_link() -> NotFound:
    return NotFound(Text("This link is incomplete or wrong. Open it again from our message."))
