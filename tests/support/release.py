"""A release as AWS carries it out: Lambda with a new version of the API, and CodeDeploy with a
deployment that waits for its hook. Both refuse what AWS refuses, with its codes."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from botocore.awsrequest import AWSResponse
from moto.core.botocore_stubber import MockRawResponse

import app
from tests.support.seam import Answer, Try, hook_tries

VERSION_ARN = "arn:aws:lambda:eu-west-2:123456789012:function:APIHandler:7"
Handler = Callable[[dict[str, Any]], Any]


def whole_api(event: dict[str, Any]) -> Any:
    return app.app(event, None)


@dataclass
class Release:
    """A deployment of a new version, which `answer` makes; an exception of it is an error of the
    function. `told` is what the hook said; `calls` are the events that the version got."""

    answer: Handler = whole_api
    version_arn: str = VERSION_ARN
    deployment_id: str = "d-ABCDEF123"
    execution_id: str = "execution-1"
    told: list[str] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)

    @property
    def event(self) -> dict[str, str]:
        """What CodeDeploy sends to the hook."""
        return {
            "DeploymentId": self.deployment_id,
            "LifecycleEventHookExecutionId": self.execution_id,
        }

    @contextmanager
    def carried_out(self) -> Iterator[None]:
        """Answer Lambda's and CodeDeploy's calls; moto answers all others."""

        def hook(this: Try, answer: Answer) -> Any:
            match this.operation:
                case "lambda.Invoke":
                    return self._invoke(this)
                case "codedeploy.PutLifecycleEventHookExecutionStatus":
                    return self._take_status(this)
            return answer()

        with hook_tries(hook):
            yield

    def _invoke(self, this: Try) -> AWSResponse:
        named = unquote(this.url.partition("/functions/")[2].partition("/")[0])
        if named != self.version_arn:
            return _refused(this, 404, "ResourceNotFoundException")
        event = json.loads(this.body)
        self.calls.append(event)
        try:
            return _answered(this, self.answer(event))
        except Exception as error:
            said = {"errorMessage": str(error), "errorType": type(error).__name__}
            return _answered(this, said, {"X-Amz-Function-Error": "Unhandled"})

    def _take_status(self, this: Try) -> AWSResponse:
        sent = json.loads(this.body)
        faults = {
            "DeploymentDoesNotExistException": sent["deploymentId"] != self.deployment_id,
            "InvalidLifecycleEventHookExecutionIdException": (
                sent["lifecycleEventHookExecutionId"] != self.execution_id
            ),
            "InvalidLifecycleEventHookExecutionStatusException": (
                sent["status"] not in ("Succeeded", "Failed")
            ),
            "LifecycleEventAlreadyCompletedException": bool(self.told),
        }
        for code, is_so in faults.items():
            if is_so:
                return _refused(this, 400, code)
        self.told.append(sent["status"])
        return _answered(
            this, {"lifecycleEventHookExecutionId": sent["lifecycleEventHookExecutionId"]}
        )


def _answered(this: Try, body: Any, headers: dict[str, str] | None = None) -> AWSResponse:
    return _response(this, 200, json.dumps(body), headers or {})


def _refused(this: Try, status: int, code: str) -> AWSResponse:
    headers = {"x-amzn-errortype": code}
    return _response(this, status, json.dumps({"__type": code, "message": "refused"}), headers)


def _response(this: Try, status: int, text: str, headers: dict[str, str]) -> AWSResponse:
    return AWSResponse(this.url, status, headers, MockRawResponse(text))  # type: ignore[arg-type]
