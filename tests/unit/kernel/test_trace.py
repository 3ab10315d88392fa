"""One id follows a request; an invalid id is replaced."""

from threading import Thread

import pytest

from chalicelib.kernel.observability import trace

PHONE = "6f1c2f0e-90f1-4a3e-9c39-0d6a7e1b2c3d"


@pytest.mark.parametrize("sent", [PHONE, "12345678", "a" * 64])
def test_valid_id_is_used(sent: str) -> None:
    with trace.following(sent) as followed:
        assert followed == trace.current() == sent


@pytest.mark.parametrize(
    "sent",
    [None, "", "1234567", "a" * 65, "me@example.org", "12345678\n", "zwölf-zwölf", "a b c d e f"],
)
def test_id_is_new_when_none_or_an_invalid_one_was_sent(sent: str | None) -> None:
    with trace.following(sent) as one:
        pass
    with trace.following(sent) as two:
        assert trace.current() == two
    assert sent not in (one, two) and one != two
    assert len(one) == 32


def test_outer_request_continues_after_the_inner_one() -> None:
    with trace.following(PHONE):
        with pytest.raises(ZeroDivisionError), trace.following("another-one"):
            raise ZeroDivisionError
        assert trace.current() == PHONE
    assert trace.current() != PHONE


def test_id_found_during_a_run_is_used_to_the_end() -> None:
    outside = trace.current()
    with trace.following(None) as made:
        trace.follow("no id")
        trace.follow(None)
        assert trace.current() == made
        trace.follow(PHONE)
        assert trace.current() == PHONE
    assert trace.current() == outside


def test_threads_do_not_see_each_others_requests() -> None:
    seen: list[str] = []
    with trace.following(PHONE):
        thread = Thread(target=lambda: seen.append(trace.current()))
        thread.start()
        thread.join()
    assert PHONE not in seen
