"""Secrets in AWS Secrets Manager, read when they are needed and cached for a while.

AWSCURRENT is the value in use, AWSPREVIOUS the one before the last rotation.
Source: docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html, read 2026-11.
"""

import json
from collections.abc import Callable, Iterator
from math import inf
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import ConfigurationError, UpstreamFailed
from chalicelib.kernel.observability import logs
from chalicelib.kernel.signing import Secret

CURRENT, PREVIOUS = "AWSCURRENT", "AWSPREVIOUS"
KEPT_FOR_S = 300
ASKED_AGAIN_AFTER_S = 10
"""A signature that matches no cached value may come from a rotation that is not known here yet.
Guesses cause at most two calls in this time, and so does a store that does not answer."""
MIN_LENGTH = 32


class CachedValue(NamedTuple):
    """A value with the time of reading, and of a later failure; None if there is none."""

    value: str | None
    read_at: float
    failed_at: float = -inf


class ManagedSecret:
    """One secret by its ARN; `setting` is the environment variable with the ARN, `client` makes or
    returns the client, `monotonic` is a clock in seconds. A cached value is used until the store
    answers again. A value of less than `min_length` characters is refused."""

    def __init__(
        self,
        client: Callable[[], Any],
        arn: str,
        *,
        setting: str,
        monotonic: Callable[[], float],
        min_length: int = MIN_LENGTH,
    ) -> None:
        self._client = client
        self._arn = arn
        self._setting = setting
        self._monotonic = monotonic
        self._min_length = min_length
        self._kept: dict[str, CachedValue] = {}

    def current(self) -> str:
        return self._current_value(KEPT_FOR_S)

    def accepted_values(self) -> Iterator[str]:
        for at_most_s in (KEPT_FOR_S, ASKED_AGAIN_AFTER_S):
            yield self._current_value(at_most_s)
            if previous := self._cached_value(PREVIOUS, at_most_s):
                yield previous

    def _current_value(self, at_most_s: float) -> str:
        value = self._cached_value(CURRENT, at_most_s)
        if value is None:
            raise ConfigurationError(
                f"{self._setting} is not the name of a secret. Set it to the ARN in the stack's "
                "outputs."
            )
        return value

    def _cached_value(self, stage: str, at_most_s: float) -> str | None:
        """The value of that stage, at most that old if the store answers; None if there is none."""
        now, kept = self._monotonic(), self._kept.get(stage)
        if kept and (now - kept.read_at < at_most_s or now - kept.failed_at < ASKED_AGAIN_AFTER_S):
            return kept.value
        try:
            kept = CachedValue(self._fetch_value(stage), now)
        except UpstreamFailed:
            if kept is None:
                raise
            kept = kept._replace(failed_at=now)
        self._kept[stage] = kept
        return kept.value

    def _fetch_value(self, stage: str) -> str | None:
        try:
            answer = self._client().get_secret_value(SecretId=self._arn, VersionStage=stage)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == "ResourceNotFoundException":
                return None
            raise UpstreamFailed("The secrets store did not answer.") from error
        except BotoCoreError as error:
            raise UpstreamFailed("The secrets store did not answer.") from error
        value: str = answer.get("SecretString", "")
        if len(value) < self._min_length:
            raise ConfigurationError(
                f"The secret of {self._setting} must have at least {self._min_length} characters."
            )
        return value


class IssuedCredentials:
    """Credentials issued by other organisations, such as API keys: one secret with a JSON object
    that has a text for each. An unusable entry does not affect the others: it is logged with its
    name. Texts may have any length."""

    def __init__(self, secret: Secret, *, setting: str) -> None:
        self._secret = secret
        self._setting = setting

    def of(self, name: str) -> str | None:
        """The text under that name, None if there is none.

        Raises: UpstreamFailed, ConfigurationError if the secret or this entry cannot be used.
        """
        texts = self._texts()
        if texts is None:
            logs.event("a secret is no JSON object", "error", code=self._setting, destination=name)
            raise ConfigurationError(f"The secret of {self._setting} must be a JSON object.")
        text = texts.get(name)
        if text is None:
            return None
        if not isinstance(text, str) or not text.strip() or not text.strip().isprintable():
            logs.event(
                "an entry of a secret is no text of one line",
                "error",
                code=self._setting,
                destination=name,
            )
            raise ConfigurationError(
                f"The entry {name} in the secret of {self._setting} must be one line of text."
            )
        return text.strip()

    def _texts(self) -> dict[str, Any] | None:
        try:
            texts = json.loads(self._secret.current())
        except ValueError:
            return None
        return texts if isinstance(texts, dict) else None
