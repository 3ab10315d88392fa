"""One id follows a request; an invalid id is replaced."""

from threading import Thread

import pytest

from chalicelib.kernel.observability import trace

PHONE = "6f1c2f0e-90f1-4a3e-9c39-0d6a7e1b2c3d"


@pytest.mark.parametrize("sent", [PHONE, "12345678", "a" * 64])
def test_id_is_taken_when_it_is_one(sent: str) -> None:
    with trace.following(sent) as followed:
        assert followed == trace.current() == sent


@pytest.mark.parametrize(
    "sent",
    [None, "", "1234567", "a" * 65, "me@example.org", "12345678\n", "zwölf-zwölf", "a b c d e f"],
)
def test_id_is_a_new_one_when_none_was_sent_or_something_else(sent: str | None) -> None:
    with trace.following(sent) as one:
        pass
    with trace.following(sent) as two:
        assert trace.current() == two
    assert sent not in (one, two) and one != two
    assert len(one) == 32


def test_outer_request_goes_on_when_the_inner_one_is_over() -> None:
    with trace.following(PHONE):
        with pytest.raises(ZeroDivisionError), trace.following("another-one"):
            raise ZeroDivisionError
        assert trace.current() == PHONE
    assert trace.current() != PHONE


def test_id_that_is_found_on_the_way_is_followed_to_the_end() -> None:
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
