"""One id follows a request; an invalid id is replaced."""

from threading import Thread

import pytest

from chalicelib.kernel.observability import trace

PHONE = "6f1c2f0e-90f1-4a3e-9c39-0d6a7e1b2c3d"


@pytest.mark.parametrize("sent", [PHONE, "12345678", "a" * 64])
def test_valid_id_is_used(sent: str) -> None:
    with trace.request_context(sent) as followed:
        assert followed == trace.current_id() == sent


@pytest.mark.parametrize(
    "sent",
    [None, "", "1234567", "a" * 65, "me@example.org", "12345678\n", "zwölf-zwölf", "a b c d e f"],
)
def test_id_is_new_when_none_or_an_invalid_one_was_sent(sent: str | None) -> None:
    with trace.request_context(sent) as one:
        pass
    with trace.request_context(sent) as two:
        assert trace.current_id() == two
    assert sent not in (one, two) and one != two
    assert len(one) == 32


def test_outer_request_continues_after_the_inner_one() -> None:
    with trace.request_context(PHONE):
        with pytest.raises(ZeroDivisionError), trace.request_context("another-one"):
            raise ZeroDivisionError
        assert trace.current_id() == PHONE
    assert trace.current_id() != PHONE


def test_id_found_during_a_run_is_used_to_the_end() -> None:
    outside = trace.current_id()
    with trace.request_context(None) as made:
        trace.adopt_id("no id")
        trace.adopt_id(None)
        assert trace.current_id() == made
        trace.adopt_id(PHONE)
        assert trace.current_id() == PHONE
    assert trace.current_id() == outside


def test_threads_do_not_see_each_others_requests() -> None:
    seen: list[str] = []
    with trace.request_context(PHONE):
        thread = Thread(target=lambda: seen.append(trace.current_id()))
        thread.start()
        thread.join()
    assert PHONE not in seen
