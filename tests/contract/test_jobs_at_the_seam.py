"""Jobs when the street and the office write at once and the network plays up: whatever happens in
between ends as if one had come after the other, and what was acknowledged is there."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache, partial
from itertools import combinations_with_replacement, count, permutations
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.bootstrap.jobs import jobs_ports
from chalicelib.errors import AppError, Conflict, UpstreamFailed
from chalicelib.jobs.drafts import JobChanges
from chalicelib.jobs.model import Job, Placement
from chalicelib.jobs.ports import Jobs, Ports
from chalicelib.jobs.usecases import contractor_links, planning
from chalicelib.jobs.usecases.operations import apply_operations
from chalicelib.kernel.observability import trace
from infra.local.cloud import Cloud
from tests.support.effort import effort
from tests.support.fakes_jobs import (
    JOB,
    OFFICER,
    TODAY,
    JobsWorld,
    MemoryJobs,
    crew_member,
    job,
    operation,
    planned_job,
)
from tests.support.seam import (
    ALL_TRIES,
    REFUSALS,
    Interleaving,
    Try,
    every_interleaving,
    lose_reply,
    refuse_call,
    some_interleavings,
)

numbers = count(1)
DISPUTED_OP = "disputed-op"
PHOTO = "P" * 26
Strike = Callable[[int], AbstractContextManager[list[Try]]]
STRIKES: dict[str, Strike] = {
    "reply lost once": lose_reply,
    "reply lost for good": lambda nth: lose_reply(nth, times=ALL_TRIES),
    **{kind: partial(refuse_call, kind=kind, times=ALL_TRIES) for kind in REFUSALS},
}


@dataclass(frozen=True)
class Scene:
    """A job that somebody works on; each writer saw it as it was prepared."""

    ports: Ports
    job: Job

    def stored(self) -> Job:
        found = self.ports.jobs.get(self.job.job_id)
        assert found
        return found


def scene(jobs: Jobs, *, is_disputed: bool, job_id: str = JOB) -> Scene:
    """A planned job, or one that was cancelled by the office and done by a phone meanwhile."""
    yard = JobsWorld()
    for writer in ("photo", "again"):
        yard.asked_for.add((crew_member().scope, f"{writer}-operation", PHOTO))
    here = replace(yard.ports(), jobs=jobs)
    stored = jobs.add(planned_job(job_id, position=1))
    if is_disputed:
        gone = JobChanges(state="cancelled", because="Not needed.")
        planning.change_job(job_id, gone, stored.version, OFFICER, here)
        late = operation(DISPUTED_OP, job_id=job_id, base_version=stored.version)
        (outcome,) = apply_operations([late], crew_member("phone-3"), here)
        assert outcome.result == "conflict" and outcome.job
        stored = outcome.job
    return Scene(here, stored)


def in_street(kind: str, on: Scene, *, device: str | None = None, **values: Any) -> str:
    sent = operation(
        f"{kind}-operation",
        job_id=on.job.job_id,
        kind=kind,
        base_version=on.job.version,
        **values,
    )
    (outcome,) = apply_operations([sent], crew_member(device or f"phone-of-{kind}"), on.ports)
    return outcome.result


def replan(on: Scene) -> str:
    place = Placement(job_id=on.job.job_id, crew="south", planned_day=TODAY, position=4)
    planning.place_jobs([place], OFFICER, on.ports)
    return "ok"


def cancel(on: Scene) -> str:
    gone = JobChanges(state="cancelled", because="No longer needed.")
    planning.change_job(on.job.job_id, gone, on.job.version, OFFICER, on.ports)
    return "ok"


def settle(on: Scene) -> str:
    which, version = on.job.job_id, on.job.version
    planning.settle_dispute(which, DISPUTED_OP, version, OFFICER, on.ports, keep="site")
    return "ok"


def link(on: Scene) -> str:
    contractor_links.add_link(on.job.job_id, "Roads & Sons", 7, OFFICER, on.ports)
    return "ok"


Writer = Callable[[Scene], str]
WRITERS: dict[str, Writer] = {
    "start": partial(in_street, "start"),
    "done": partial(in_street, "done"),
    "could_not": partial(in_street, "could_not", reason="parked_car"),
    "note": partial(in_street, "note", text="The lid is loose."),
    "photo": partial(in_street, "photo", photo_ids=(PHOTO,)),
    "replan": replan,
    "cancel": cancel,
    "settle": settle,
    "link": link,
}
STREET = ("start", "done", "could_not", "note", "photo")
TAKEN = ("applied", "conflict", "duplicate")


def answer_of(writer: Writer, on: Scene) -> str:
    """The outcome; a refusal is told by its kind. Each is a request of its own."""
    try:
        with trace.request_context(f"request-{next(numbers)}"):
            return writer(on)
    except AppError as error:
        return type(error).__name__


Ended = tuple[tuple[str, ...], Job]
"""What each writer was answered, and the job in the end."""


def plain(job: Job) -> Job:
    """What is the same whichever job and request it was."""
    contractor = job.contractor and replace(job.contractor, link_id="")
    return replace(job, job_id=JOB, request_id="", contractor=contractor)


@cache
def one_after_the_other(names: tuple[str, ...], *, is_disputed: bool) -> Sequence[Ended]:
    """How it ends in every order, when nobody writes in between."""
    found = []
    for order in permutations(range(len(names))):
        here = scene(MemoryJobs(), is_disputed=is_disputed)
        answers = {at: answer_of(WRITERS[names[at]], here) for at in order}
        found.append((tuple(answers[at] for at in range(len(names))), plain(here.stored())))
    return found


def check(names: tuple[str, ...], jobs: Jobs, interleaving: Interleaving) -> Sequence[str]:
    """The answers of these writers. What was not refused, because somebody else was first, ends as
    it does in some order, and so does the job."""
    is_disputed = "settle" in names
    here = scene(jobs, is_disputed=is_disputed, job_id=f"J0B{next(numbers):09}")
    answers = interleaving.run(*(partial(answer_of, WRITERS[name], here) for name in names))
    after = here.stored()
    done = [
        (name, answer)
        for name, answer in zip(names, answers, strict=True)
        if answer != Conflict.__name__
    ]
    ended = (tuple(answer for _, answer in done), plain(after))
    known = one_after_the_other(tuple(name for name, _ in done), is_disputed=is_disputed)
    assert done and ended in known, (interleaving.turns, answers)
    for name, answer in done:
        if name in STREET:
            assert answer in TAKEN and after.event(f"{name}-operation"), interleaving.turns
    return answers


@pytest.fixture(scope="module")
def jobs() -> Iterator[Jobs]:
    """The store on moto, one table for all: each test takes jobs of its own."""
    cloud = Cloud()
    yield jobs_ports().jobs
    cloud.stop()


@pytest.mark.parametrize("pair", list(combinations_with_replacement(WRITERS, 2)), ids="+".join)
def test_two_concurrent_writers_end_as_in_some_order(pair: tuple[str, str], jobs: Jobs) -> None:
    for interleaving in every_interleaving(at_most=60):
        check(pair, jobs, interleaving)


def test_three_concurrent_writers_end_as_in_some_order(jobs: Jobs) -> None:
    random = Random(9)
    seen = set()
    for interleaving in some_interleavings(effort(30, 200), of=3, seed=9):
        names = tuple(sorted(random.choices(list(WRITERS), k=3)))
        seen |= set(check(names, jobs, interleaving))
    assert {"applied", "conflict", "duplicate", "ok", "Conflict"} <= seen


class CarelessJobs:
    """Puts what it is given in the place of whatever is there."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    def __getattr__(self, name: str) -> Any:
        return getattr(self._jobs, name)

    def save(self, job: Job) -> Job:
        present = self._jobs.get(job.job_id)
        assert present
        return self._jobs.save(replace(job, version=present.version))


def test_lost_event_is_detected_when_versions_are_ignored(jobs: Jobs) -> None:
    careless: Any = CarelessJobs(jobs)
    lost = 0
    for interleaving in every_interleaving(at_most=60):
        try:
            check(("done", "note"), careless, interleaving)
        except AssertionError:
            lost += 1
    assert lost > 0


# The same operation again and again.


@pytest.mark.parametrize("name", STREET)
def test_operation_is_applied_once_when_it_is_sent_ten_times_five_at_once(
    name: str, jobs: Jobs
) -> None:
    for interleaving in some_interleavings(4, of=5, seed=5):
        here = scene(jobs, is_disputed=False, job_id=f"J0B{next(numbers):09}")
        at_once = interleaving.run(*[partial(answer_of, WRITERS[name], here)] * 5)
        later = [answer_of(WRITERS[name], here) for _ in range(5)]
        assert sorted(at_once) == ["applied", *["duplicate"] * 4], interleaving.turns
        assert later == ["duplicate"] * 5
        after = here.stored()
        assert [event.op_id for event in after.events] == [f"{name}-operation"]
        assert after.version == here.job.version + 1


@pytest.mark.parametrize("kind", STRIKES)
@pytest.mark.parametrize("name", WRITERS)
def test_write_has_one_effect_when_a_call_fails_and_it_is_sent_again(
    name: str, kind: str, jobs: Jobs
) -> None:
    ((_, whole),) = one_after_the_other((name,), is_disputed=name == "settle")
    for nth in count(1):
        here = scene(jobs, is_disputed=name == "settle", job_id=f"J0B{next(numbers):09}")
        with STRIKES[kind](nth) as struck:
            first = answer_of(WRITERS[name], here)
        assert first in ("applied", "ok", "conflict", UpstreamFailed.__name__), nth
        if first == UpstreamFailed.__name__:
            # An officer reads again; a phone sends the very same.
            later = here if name in STREET else dataclasses.replace(here, job=here.stored())
            assert answer_of(WRITERS[name], later) in (*TAKEN, "ok"), nth
        after = plain(here.stored())
        # An officer who asks again for a link gets another one.
        anew: dict[str, Any] = {"version": 0, "office": ()} if name == "link" else {}
        assert replace(after, **anew) == replace(whole, **anew), nth
        if not struck:
            assert nth > 1
            return


@pytest.mark.parametrize("kind", STRIKES)
def test_job_is_found_by_its_reports_after_an_interruption_anywhere(kind: str, jobs: Jobs) -> None:
    for nth in count(1):
        report, job_id = f"report-{next(numbers)}", f"J0B{next(numbers):09}"
        wanted = job(job_id, service_request_ids=(report,))
        with STRIKES[kind](nth) as struck:
            try:
                jobs.add(wanted)
            except UpstreamFailed:
                there = jobs.get(job_id)
                assert jobs.of_report(report) == ([there] if there else [])
        made = jobs.add(wanted)
        assert made.version == 1 and jobs.of_report(report) == [made]
        if not struck:
            return


@pytest.mark.parametrize("kind", STRIKES)
def test_report_finds_its_job_after_an_interruption_anywhere(kind: str, jobs: Jobs) -> None:
    for nth in count(1):
        report, job_id = f"report-{next(numbers)}", f"J0B{next(numbers):09}"
        first = jobs.add(job(job_id, service_request_ids=("first",)))
        with STRIKES[kind](nth) as struck:
            try:
                jobs.save(replace(first, service_request_ids=("first", report)))
            except Exception:
                assert struck
        after = jobs.get(job_id)
        assert after
        assert jobs.of_report(report) == ([after] if report in after.service_request_ids else [])
        if not struck:
            return
