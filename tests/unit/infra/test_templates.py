"""The page with every message: nothing is left out, and all of it can be read."""

import re
from typing import get_args

from chalicelib.alerts.delivery import AlertKind
from chalicelib.bootstrap import container
from infra.local.cloud import Cloud
from infra.local.templates import messages, page
from tests.support.fakes_delivery import VOICE


def test_every_kind_of_message_is_shown() -> None:
    shown = {message.what for _, message in messages(VOICE)}
    assert shown == {*_kinds()} - {"roadworks"}, "road works have the words of a disruption"


def test_page_shows_mail_text_and_notification_of_each_in_each_language(cloud: Cloud) -> None:
    html = page()
    count = len(container.council().languages) * len(list(messages(VOICE)))
    assert len(re.findall("<h3>Mail: ", html)) == len(re.findall("<h3>Notification", html)) == count
    assert len(re.findall(r"<h3>Text message, [12] parts?<", html)) == count


def _kinds() -> set[str]:
    what, more = get_args(AlertKind)
    return {*get_args(what), *get_args(more)}
