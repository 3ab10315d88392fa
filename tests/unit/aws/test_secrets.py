"""A secret is read when it is needed, kept for a while, and never weak."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from chalicelib.aws.secrets import (
    ASKED_AGAIN_AFTER_S,
    CURRENT,
    KEPT_FOR_S,
    PREVIOUS,
    IssuedCredentials,
    ManagedSecret,
)
from chalicelib.errors import ConfigurationError, UpstreamFailed
from chalicelib.kernel.ids import Ids
from tests.support.fakes import PlainSecret
from tests.support.log_lines import capture_lines, decode_lines

FIRST, SECOND, THIRD = "1" * 32, "2" * 32, "3" * 32


class Store:
    """Secrets Manager with one secret; `asked` is every stage that was read."""

    def __init__(self) -> None:
        self.stages: dict[str, str] = {CURRENT: FIRST}
        self.asked: list[str] = []
        self.fault: Exception | None = None
        self.now = 0.0
        self.secret = ManagedSecret(
            lambda: self, "arn:secret", setting="LINK_SECRET_ARN", monotonic=lambda: self.now
        )

    def get_secret_value(self, *, SecretId: str, VersionStage: str) -> dict[str, Any]:  # noqa: N803
        assert SecretId == "arn:secret"
        self.asked.append(VersionStage)
        if self.fault:
            raise self.fault
        if VersionStage not in self.stages:
            raise refused("ResourceNotFoundException")
        return {"SecretString": self.stages[VersionStage]}

    def rotate(self, value: str) -> None:
        self.stages = {CURRENT: value, PREVIOUS: self.stages[CURRENT]}


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "GetSecretValue")


@pytest.fixture
def store() -> Store:
    return Store()


def test_secret_is_read_only_when_it_is_needed(store: Store) -> None:
    Ids(store.secret, store.secret)
    store.secret.accepted_values()
    assert store.asked == []


def test_secret_is_read_once_within_five_minutes(store: Store) -> None:
    assert store.secret.current() == store.secret.current() == FIRST
    store.rotate(SECOND)
    store.now = KEPT_FOR_S - 1
    assert store.secret.current() == FIRST
    assert store.asked == [CURRENT]
    store.now = KEPT_FOR_S
    assert store.secret.current() == SECOND


def test_previous_value_is_read_only_when_the_current_one_does_not_match(store: Store) -> None:
    store.rotate(SECOND)
    values = store.secret.accepted_values()
    assert next(values) == SECOND
    assert store.asked == [CURRENT]
    assert next(values) == FIRST
    assert store.asked == [CURRENT, PREVIOUS]


def test_only_the_current_value_is_accepted_when_it_was_never_rotated(store: Store) -> None:
    assert set(store.secret.accepted_values()) == {FIRST}
    assert set(store.secret.accepted_values()) == {FIRST}
    assert store.asked == [CURRENT, PREVIOUS]


def test_value_is_refused_when_it_was_rotated_twice(store: Store) -> None:
    store.rotate(SECOND)
    store.rotate(THIRD)
    assert set(store.secret.accepted_values()) == {SECOND, THIRD}


def test_new_value_is_read_when_the_cached_ones_do_not_match(store: Store) -> None:
    """Another process may have made something under it before this one's five minutes are over."""
    store.secret.current()
    store.rotate(SECOND)
    store.now = ASKED_AGAIN_AFTER_S
    assert SECOND in store.secret.accepted_values()
    assert store.secret.current() == SECOND


def test_concurrent_guesses_cause_two_calls_at_most(store: Store) -> None:
    for _ in range(100):
        assert "guess" not in store.secret.accepted_values()
    assert store.asked == [CURRENT, PREVIOUS]


@pytest.mark.parametrize(
    "fault",
    [refused("AccessDeniedException"), EndpointConnectionError(endpoint_url="https://x.example")],
)
def test_upstream_failed_is_raised_when_the_store_does_not_answer(
    fault: Exception, store: Store
) -> None:
    store.fault = fault
    with pytest.raises(UpstreamFailed) as failed:
        store.secret.current()
    assert failed.value.__cause__ is fault
    store.fault = None
    assert store.secret.current() == FIRST


def test_cached_value_is_used_when_the_store_does_not_answer_and_retried_after_ten_seconds(
    store: Store,
) -> None:
    store.rotate(SECOND)
    assert set(store.secret.accepted_values()) == {FIRST, SECOND}
    store.rotate(THIRD)
    store.asked.clear()
    store.fault = refused("InternalServiceError")
    store.now = KEPT_FOR_S
    for _ in range(100):
        assert store.secret.current() == SECOND
        assert set(store.secret.accepted_values()) == {FIRST, SECOND}
    assert store.asked == [CURRENT, PREVIOUS]
    store.now += ASKED_AGAIN_AFTER_S
    store.fault = None
    assert store.secret.current() == THIRD


def test_setting_is_named_when_its_secret_does_not_exist(store: Store) -> None:
    store.stages = {}
    with pytest.raises(ConfigurationError, match="LINK_SECRET_ARN is not the name of a secret"):
        store.secret.current()


@pytest.mark.parametrize("value", ["", "x" * 31])
def test_setting_is_named_when_its_secret_is_too_short(value: str, store: Store) -> None:
    store.stages = {CURRENT: value}
    with pytest.raises(ConfigurationError, match="LINK_SECRET_ARN must have at least 32") as failed:
        store.secret.current()
    assert not value or value not in str(failed.value)


# What other organisations gave us


def given(texts: str) -> IssuedCredentials:
    return IssuedCredentials(PlainSecret(texts), setting="DESTINATIONS_SECRET_ARN")


def test_text_of_any_length_is_returned_for_another_organisation() -> None:
    texts = given('{"county": "k", "rail": " long key \\n"}')
    assert (texts.of("county"), texts.of("rail"), texts.of("another")) == ("k", "long key", None)
    assert given("{}").of("county") is None


@pytest.mark.parametrize("bad", ['""', '" "', "5", "true", "[]", "{}", r'"a\nb"', r'"a\u0000"'])
def test_unusable_entry_is_logged_and_affects_no_other(bad: str) -> None:
    texts = given(f'{{"county": {bad}, "rail": "key"}}')
    with capture_lines() as written, pytest.raises(ConfigurationError, match="entry county"):
        texts.of("county")
    (line,) = decode_lines(written, destination="county")
    assert (line["level"], line["code"]) == ("error", "DESTINATIONS_SECRET_ARN")
    assert texts.of("rail") == "key"


@pytest.mark.parametrize("broken", ["", "{", '{"county": "k"', "[]", '"text"', "x" * 40])
def test_setting_is_named_when_its_secret_is_not_a_json_object(broken: str) -> None:
    with (
        capture_lines() as written,
        pytest.raises(ConfigurationError, match="DESTINATIONS_SECRET_ARN"),
    ):
        given(broken).of("county")
    assert len(decode_lines(written, destination="county", level="error")) == 1


def test_value_of_any_length_is_read_for_other_organisations(store: Store) -> None:
    store.stages = {CURRENT: "{}"}
    secret = ManagedSecret(
        lambda: store, "arn:secret", setting="X", monotonic=lambda: 0.0, min_length=0
    )
    assert secret.current() == "{}"


# Ids under them


def test_link_is_valid_after_one_rotation_and_not_after_two() -> None:
    links = PlainSecret(FIRST)
    ids = Ids(PlainSecret(FIRST), links)
    token = ids.link_token("R1")
    links.values.append(SECOND)
    assert ids.link_token("R1") != token
    assert ids.is_link_token("R1", token)
    assert ids.is_link_token("R1", ids.link_token("R1"))
    links.values.append(THIRD)
    assert not ids.is_link_token("R1", token)


@pytest.mark.parametrize("token", ["", "é", "0" * 32, "0" * 33])
def test_guessed_link_is_not_valid(token: str) -> None:
    assert not Ids(PlainSecret(FIRST), PlainSecret(FIRST)).is_link_token("R1", token)


def test_link_is_not_valid_for_another_report() -> None:
    ids = Ids(PlainSecret(FIRST), PlainSecret(FIRST))
    assert not ids.is_link_token("R1", ids.link_token("R2"))


class Unreadable:
    """A secret that nobody may read."""

    def current(self) -> str:
        raise AssertionError("The secret was read.")

    def accepted_values(self) -> Iterator[str]:
        raise AssertionError("The secret was read.")
        yield


def test_ids_and_links_use_separate_secrets() -> None:
    Ids(PlainSecret(FIRST), Unreadable()).service_request_id("anonymous", "key")
    Ids(Unreadable(), PlainSecret(FIRST)).link_token("R1")
    with pytest.raises(AssertionError, match="was read"):
        next(islice(Unreadable().accepted_values(), 1))
