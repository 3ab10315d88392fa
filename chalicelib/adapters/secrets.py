"""Secrets in AWS Secrets Manager, read when they are needed and kept for a while.

AWSCURRENT is the value in use, AWSPREVIOUS the one before the last rotation.
Source: docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html, read 2026-11.
"""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import ConfigurationError, UpstreamFailed

CURRENT, PREVIOUS = "AWSCURRENT", "AWSPREVIOUS"
KEPT_FOR_S = 300
ASKED_AGAIN_AFTER_S = 10
"""What holds under no kept value may come from a rotation that is not known here yet. Whoever
guesses causes no more than two calls in this time."""
MIN_LENGTH = 32


class Secret(Protocol):
    """A value that nobody else knows."""

    def current(self) -> str:
        """The value to make things with. Raises UpstreamFailed, ConfigurationError."""

    def accepted(self) -> Iterator[str]:
        """The values under which things hold, the likeliest first; ask for no more than needed.
        Raises UpstreamFailed, ConfigurationError."""


class ManagedSecret:
    """One secret by its ARN; `setting` is the variable that gave it, `client` makes or has the
    client, `monotonic` tells seconds."""

    def __init__(
        self, client: Callable[[], Any], arn: str, *, setting: str, monotonic: Callable[[], float]
    ) -> None:
        self._client = client
        self._arn = arn
        self._setting = setting
        self._monotonic = monotonic
        self._kept: dict[str, tuple[float, str | None]] = {}

    def current(self) -> str:
        return self._needed(KEPT_FOR_S)

    def accepted(self) -> Iterator[str]:
        for at_most_s in (KEPT_FOR_S, ASKED_AGAIN_AFTER_S):
            yield self._needed(at_most_s)
            if previous := self._value(PREVIOUS, at_most_s):
                yield previous

    def _needed(self, at_most_s: float) -> str:
        value = self._value(CURRENT, at_most_s)
        if value is None:
            raise ConfigurationError(
                f"{self._setting} names no secret: give it the ARN that is the stack's output."
            )
        return value

    def _value(self, stage: str, at_most_s: float) -> str | None:
        """The value of that stage, read no longer ago than that; None where there is none."""
        now = self._monotonic()
        if (kept := self._kept.get(stage)) and now - kept[0] < at_most_s:
            return kept[1]
        value = self._read(stage)
        self._kept[stage] = (now, value)
        return value

    def _read(self, stage: str) -> str | None:
        try:
            answer = self._client().get_secret_value(SecretId=self._arn, VersionStage=stage)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == "ResourceNotFoundException":
                return None
            raise UpstreamFailed("The store of secrets did not answer.") from error
        except BotoCoreError as error:
            raise UpstreamFailed("The store of secrets did not answer.") from error
        value: str = answer.get("SecretString", "")
        if len(value) < MIN_LENGTH:
            raise ConfigurationError(
                f"The secret of {self._setting} needs at least {MIN_LENGTH} characters."
            )
        return value
