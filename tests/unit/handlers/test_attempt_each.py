"""Parts of a scheduled run do not stop each other."""

from collections.abc import Callable

import pytest

from chalicelib.errors import UpstreamFailed
from chalicelib.handlers.http.event import attempt_each


def test_attempts_behind_a_failed_one_are_made_and_the_run_fails_at_the_end() -> None:
    made: list[str] = []

    def attempt(name: str) -> Callable[[], None]:
        def run() -> None:
            made.append(name)
            if name == "broken":
                raise UpstreamFailed("The store does not answer.")

        return run

    with pytest.raises(UpstreamFailed):
        attempt_each(attempt("first"), attempt("broken"), attempt("last"))
    assert made == ["first", "broken", "last"]


def test_attempts_return_what_they_made_in_their_order() -> None:
    assert attempt_each(lambda: 1, lambda: 2) == [1, 2]
