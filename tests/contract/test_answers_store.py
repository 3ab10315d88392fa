"""What the reports' use cases rely on where answers to the question whether it is mended are kept:
in memory as in DynamoDB."""

from typing import Any

from msgspec.structs import replace

from chalicelib.reports.parts import Answer
from chalicelib.reports.ports import Repository
from tests.support.builders import NOON


def answer(number: int = 1, **values: Any) -> Answer:
    said: dict[str, Any] = {
        "person": "officer-1",
        "repair": number,
        "is_fixed": False,
        "datetime": NOON,
    }
    return Answer(answer_id=f"a{number}", **said | values)


def test_answer_is_read_as_it_was_stored_beside_its_report(repository: Repository) -> None:
    for report_id, number in (("R1", 1), ("R1", 2), ("R2", 3)):
        assert repository.add_answer(report_id, answer(number)) == answer(number)
    assert repository.get_answer("R1", "a1") == answer(1)
    assert repository.list_answers("R1") == [answer(1), answer(2)]
    assert repository.get_answer("R2", "a1") is None and repository.list_answers("R3") == []


def test_stored_answer_stays_and_is_returned(repository: Repository) -> None:
    repository.add_answer("R1", answer())
    assert repository.add_answer("R1", replace(answer(), is_fixed=True)) == answer()
    assert repository.list_answers("R1") == [answer()]


def test_answers_are_found_by_their_author_separately_from_follows(
    repository: Repository,
) -> None:
    for report_id, number, person in (
        ("R1", 1, "officer-1"),
        ("R2", 2, "officer-1"),
        ("R2", 3, "officer-2"),
    ):
        repository.add_answer(report_id, answer(number, person=person))
    repository.add_follower("R3", "account")
    assert sorted(repository.list_answer_ids("officer-1")) == [("R1", "a1"), ("R2", "a2")]
    assert (
        repository.list_answer_ids("account") == [] == repository.list_ids_by_follower("officer-1")
    )
    assert (
        repository.list_ids_by_follower("account") == ["R3"]
        and repository.list_followers("R2") == []
    )


def test_only_the_erased_answer_is_removed(repository: Repository) -> None:
    repository.add_answer("R1", answer(1))
    repository.add_answer("R1", answer(2))
    for _ in range(2):
        repository.drop_answer("R1", "a1")
        assert repository.list_answers("R1") == [answer(2)]
        assert repository.list_answer_ids("officer-1") == [("R1", "a2")]
