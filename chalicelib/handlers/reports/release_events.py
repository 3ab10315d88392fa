"""The event handler that CodeDeploy calls before a new version of the API gets its first calls."""

from secrets import token_hex
from typing import Any

import msgspec
from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.bootstrap.releases import checked_version, deployments
from chalicelib.handlers.http.event import batch
from chalicelib.handlers.reports.release_check import CheckedApi, check_api
from chalicelib.kernel.observability import logs

events = Blueprint(__name__)


class HookExecution(msgspec.Struct, frozen=True, rename="pascal"):
    """What CodeDeploy sends to a hook."""

    deployment_id: str
    lifecycle_event_hook_execution_id: str


@events.lambda_function()
def check_release(event: dict[str, Any], _: object) -> None:
    """Checks the new version of the API, and tells CodeDeploy whether calls may go to it."""
    with batch("check_release") as line:
        hook = msgspec.convert(event, HookExecution)
        passed = _passes()
        line["failed"] = int(not passed)
        deployments().report(
            hook.deployment_id, hook.lifecycle_event_hook_execution_id, passed=passed
        )


def _passes() -> bool:
    """Whether the new version does what is expected of it. Without an answer of the hook CodeDeploy
    waits for an hour, so what breaks the check itself fails it, too."""
    try:
        api = CheckedApi(checked_version().call, container.secret("origin").current())
        check_api(api, container.council(), token_hex(16))
    except Exception as error:
        logs.failure("the new version failed its check", error)
        return False
    return True
