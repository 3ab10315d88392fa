"""A release as AWS carries it out: the new version of a function, and the deployment of CodeDeploy
that waits for what its hook says of it.

Source: AWS CodeDeploy User Guide, "AppSpec 'hooks' section for an AWS Lambda deployment", read
2026-11.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import UpstreamFailed
from chalicelib.texts import Text

LONGER_THAN_THE_API = Config(retries={"total_max_attempts": 2}, connect_timeout=5, read_timeout=25)
"""API Gateway's function has 20 seconds."""


class FunctionVersion:
    """One version of a function, by its ARN."""

    def __init__(self, client: Any, arn: str) -> None:
        self._client = client
        self._arn = arn

    def call(self, event: Mapping[str, Any]) -> Any:
        """Calls the version with the event and waits for its answer. Raises UpstreamFailed if it
        cannot be called, or breaks."""
        try:
            answer = self._client.invoke(FunctionName=self._arn, Payload=msgspec.json.encode(event))
            body = answer["Payload"].read()
        except (BotoCoreError, ClientError) as error:
            raise UpstreamFailed("The new version could not be called.") from error
        if kind := answer.get("FunctionError"):
            raise UpstreamFailed(Text("The new version broke: {kind}.", kind=kind))
        return msgspec.json.decode(body)


class Deployments:
    """The deployments of CodeDeploy in this account and region."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def report(self, deployment_id: str, execution_id: str, *, passed: bool) -> None:
        """Tells a deployment whether its hook has passed. It goes on, or is rolled back. Raises
        UpstreamFailed."""
        try:
            self._client.put_lifecycle_event_hook_execution_status(
                deploymentId=deployment_id,
                lifecycleEventHookExecutionId=execution_id,
                status="Succeeded" if passed else "Failed",
            )
        except (BotoCoreError, ClientError) as error:
            raise UpstreamFailed("CodeDeploy did not take the result of the check.") from error
