"""Three phones that are mostly without a signal, with clocks up to three days wrong, and an office
that plans, cancels and settles meanwhile: nothing that was acknowledged is lost, all see the same
in the end, and what contradicts itself is shown.

The phones and the office are a model of their own: it says what has to hold, from what was sent and
answered alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace

from chalicelib.jobs import job_events
from chalicelib.jobs.drafts import JobChanges, Operation
from chalicelib.jobs.job_events import OperationEffect
from chalicelib.jobs.model import Job
from chalicelib.jobs.parts import Dispute
from chalicelib.jobs.people import Operator
from chalicelib.jobs.states import LEADS_TO
from chalicelib.jobs.usecases import operations, planning
from chalicelib.jobs.usecases.operations import OperationResult
from tests.support.fakes_jobs import (
    JOB,
    OFFICER,
    TODAY,
    JobsWorld,
    MemoryJobs,
    crew_member,
    planned_job,
)

PHONES = ("phone-1", "phone-2", "phone-3")
PLAN = ("crew", "planned_day", "position", "arrives_at", "minutes", "team")
OUTCOMES = {"done", "could_not", "handed_over", "cancelled"}
KINDS = ("start", "done", "could_not", "hand_over", "note")
ENOUGH = settings(
    max_examples=80,
    stateful_step_count=30,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
WITHOUT_SHRINKING = settings(ENOUGH, phases=(Phase.generate,), max_examples=400)


@dataclass
class Phone:
    """What a phone knows: the job as it saw it last, and what it has not yet sent."""

    device: str
    clock_is_off: timedelta
    seen: Job
    queue: list[Operation] = field(default_factory=list)
    made: int = 0


@dataclass(frozen=True)
class Sayer:
    """Who brought the job into its state, and with which version; `order` sorts their entries."""

    who: str
    version: int
    order: tuple[int, Any] | None = None
    contests: bool = False


class OfflineCrews(RuleBasedStateMachine):
    answered: ClassVar[set[str]] = set()
    """What operations were answered, in all runs."""

    def __init__(self) -> None:
        super().__init__()
        self.yard = JobsWorld(jobs=MemoryJobs(planned_job()))
        self.phones: dict[str, Phone] = {}
        self.acknowledged: dict[str, Operation] = {}
        self.all_made: list[tuple[str, Operation]] = []
        self.shown: dict[str, Dispute] = {}
        self.sayer = Sayer("nobody", 0)

    @property
    def job(self) -> Job:
        return self.yard.jobs.stored[JOB]

    @initialize(hours=st.tuples(*[st.integers(-72, 72)] * 3))
    def begin(self, hours: tuple[int, ...]) -> None:
        self.phones = {
            name: Phone(name, timedelta(hours=off), self.job)
            for name, off in zip(PHONES, hours, strict=True)
        }

    @rule(name=st.sampled_from(PHONES), kind=st.sampled_from(KINDS))
    def crew_does_with_a_signal(self, name: str, kind: Any) -> None:
        self._do(name, kind, waits=False)

    @rule(name=st.sampled_from(PHONES), kind=st.sampled_from(KINDS))
    def crew_does_without_a_signal(self, name: str, kind: Any) -> None:
        self._do(name, kind, waits=True)

    def _do(self, name: str, kind: Any, *, waits: bool) -> None:
        phone = self.phones[name]
        phone.made += 1
        made = Operation(
            op_id=f"{name}-{phone.made:03}",
            job_id=JOB,
            kind=kind,
            base_version=phone.seen.version,
            at=self.yard.clock.now + phone.clock_is_off,
            text=f"{kind} {phone.made}",
            reason="other" if kind == "could_not" else None,
        )
        phone.queue.append(made)
        self.all_made.append((name, made))
        self.yard.pass_time(minutes=7)
        if not waits:
            self._send(phone, [made], hears=True)

    @rule(
        name=st.sampled_from(PHONES), shuffle=st.randoms(use_true_random=False), hears=st.booleans()
    )
    def network_carries(self, name: str, shuffle: Any, hears: bool) -> None:
        """Some of what waits, in any order, some of it twice; the answer may be lost."""
        phone = self.phones[name]
        chosen = [each for each in phone.queue if shuffle.random() < 0.7]
        chosen += [each for each in chosen if shuffle.random() < 0.3]
        shuffle.shuffle(chosen)
        self._send(phone, chosen, hears=hears)

    @rule(data=st.data(), bad=st.sampled_from(("repeat", "other content", "future")))
    @precondition(lambda self: self.acknowledged)
    def phone_sends_what_changes_nothing(self, data: Any, bad: str) -> None:
        op_id = data.draw(st.sampled_from(sorted(self.acknowledged)))
        before, known = self.job, self.acknowledged[op_id]
        sent = {
            "repeat": known,
            "other content": replace(known, text="Something else."),
            "future": replace(known, op_id=f"{op_id}-new", base_version=before.version + 1),
        }[bad]
        (outcome,) = self._operate(self.phones[op_id[:7]], [sent])
        assert outcome.result == ("duplicate" if bad == "repeat" else "rejected")
        assert self.job == before

    @rule(name=st.sampled_from(PHONES))
    def phone_reads(self, name: str) -> None:
        self.phones[name].seen = self.job

    @rule(days=st.integers(0, 3), crew=st.sampled_from(("north", "south")))
    @precondition(lambda self: self.job.state not in ("done", "cancelled"))
    def office_plans(self, days: int, crew: str) -> None:
        self._change(crew=crew, planned_day=TODAY + timedelta(days=days))

    @rule()
    @precondition(lambda self: self.job.state != "cancelled")
    def office_cancels(self) -> None:
        self._change(state="cancelled", because="Not ours.")

    @rule()
    def office_puts_back(self) -> None:
        self._change(state="to_plan")

    @rule(keep=st.sampled_from(("site", "office")))
    @precondition(lambda self: self.job.is_disputed)
    def office_settles(self, keep: Any) -> None:
        before = self.job
        dispute = next(each for each in before.disputes if each.settled is None)
        after = planning.settle_dispute(
            JOB, dispute.dispute_id, before.version, OFFICER, self.yard.ports(), keep=keep
        )
        assert after.state == (dispute.site.state if keep == "site" else before.state)
        self.sayer = Sayer("office", after.version)

    @invariant()
    def acknowledged_is_kept_once(self) -> None:
        kept = [event.op_id for event in self.job.events]
        assert len(kept) == len(set(kept))
        for op_id, sent in self.acknowledged.items():
            event = self.job.event(op_id)
            assert event is not None and event.matches(sent)
            assert event.happened_at <= event.received_at

    @invariant()
    def what_was_shown_stays_shown(self) -> None:
        for dispute_id, dispute in self.shown.items():
            present = self.job.dispute(dispute_id)
            assert present is not None
            assert dispute.settled is None or present.settled == dispute.settled
        self.shown = {each.dispute_id: each for each in self.job.disputes}

    def teardown(self) -> None:
        for _ in range(2):
            for phone in self.phones.values():
                self._send(phone, list(phone.queue), hears=True)
        self.acknowledged_is_kept_once()
        everything = {op.op_id for _, op in self.all_made}
        assert everything == set(self.acknowledged) == {event.op_id for event in self.job.events}
        before = self.job
        for name, sent in self.all_made:
            (outcome,) = self._operate(self.phones[name], [sent])
            assert outcome.result == "duplicate" and outcome.job == before
        for phone in self.phones.values():
            phone.seen = self.job
        assert {phone.seen for phone in self.phones.values()} <= {before}

    def _send(self, phone: Phone, chosen: Sequence[Operation], *, hears: bool) -> None:
        outcomes = [self._operate(phone, [each])[0] for each in chosen]
        if not hears:
            return
        for each, outcome in zip(chosen, outcomes, strict=True):
            assert outcome.result in ("applied", "duplicate", "conflict")
            self.acknowledged[each.op_id] = each
            phone.queue = [waiting for waiting in phone.queue if waiting is not each]
            assert outcome.job is not None
            if outcome.job.version > phone.seen.version:
                phone.seen = outcome.job

    def _operate(self, phone: Phone, sent: Sequence[Operation]) -> Sequence[OperationResult]:
        before = self.job
        outcomes = operations.apply_operations(sent, crew_member(phone.device), self.yard.ports())
        assert len(outcomes) == len(sent) == 1
        self.answered.add(outcomes[0].result)
        assert all(getattr(self.job, name) == getattr(before, name) for name in PLAN)
        self._check(phone, sent[0], outcomes[0], before)
        return outcomes

    def _check(self, phone: Phone, sent: Operation, outcome: OperationResult, before: Job) -> None:
        state, after = LEADS_TO.get(sent.kind), self.job
        if outcome.result in ("duplicate", "rejected") or state is None:
            assert after.state == before.state
            return
        order = (sent.base_version, sent.at)
        is_own = self.sayer.who == phone.device
        had_seen = sent.base_version >= self.sayer.version
        if outcome.result == "conflict":
            self._check_shown(phone, sent, before)
        if is_own and not had_seen and self.sayer.order and order < self.sayer.order:
            assert after.state == before.state, "An older word of one's own comes too late."
        elif not is_own and not had_seen and before.state in OUTCOMES:
            assert after.state == before.state, "Nobody else's word is overwritten unseen."
            contradicts = state in OUTCOMES or before.state == "cancelled"
            expected = "conflict" if contradicts and state != before.state else "applied"
            assert outcome.result == expected
        elif self._is_in_dispute(phone, before):
            assert after.state == before.state, "Repeating a record wins nothing."
        elif not had_seen and self.sayer.contests and state in OUTCOMES:
            assert outcome.result == "conflict", "The office said that it was not done."
        else:
            assert after.state == state, "The street says how far it has got."
        is_late = is_own and not had_seen and order < (self.sayer.order or order)
        if after.state == state and (after.state != before.state or is_own) and not is_late:
            self.sayer = Sayer(phone.device, after.version, order)

    def _check_shown(self, phone: Phone, sent: Operation, before: Job) -> None:
        event = self.job.event(sent.op_id)
        assert event is not None and self.job.state == before.state
        dispute = self.job.dispute(event.dispute_id or "")
        assert dispute is not None and dispute.settled is None and self.job.is_disputed
        last = self.job.event(dispute.op_id)
        assert last is not None and last.device == phone.device
        assert dispute.site.state == LEADS_TO[last.kind]
        assert (last.base_version, last.at) >= (event.base_version, event.at)

    def _is_in_dispute(self, phone: Phone, before: Job) -> bool:
        """True where this phone and the last settled side are waiting for the office."""
        mine = [each for each in before.disputes if each.device == phone.device]
        return any(each.settled is None and each.against == self.sayer.version for each in mine)

    def _change(self, **values: Any) -> None:
        before = self.job
        after = planning.change_job(
            JOB, JobChanges(**values), before.version, OFFICER, self.yard.ports()
        )
        is_word = after.state != before.state and "state" in values
        if is_word or before.state in ("could_not", "handed_over"):
            contests = before.state == "done" and after.state == "to_plan"
            self.sayer = Sayer("office", after.version, contests=contests)


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
def test_crews_and_office_agree_in_the_end_when_phones_are_offline() -> None:
    OfflineCrews.answered.clear()
    run_state_machine_as_test(OfflineCrews, settings=ENOUGH)
    assert OfflineCrews.answered == {"applied", "duplicate", "conflict", "rejected"}


Take = Callable[[Job, Operation, Operator, Any], OperationEffect]


def _twice(job: Job, sent: Operation, who: Operator, now: Any) -> OperationEffect:
    """Repeats are not known."""
    forgotten = replace(job, events=tuple(d for d in job.events if d.op_id != sent.op_id))
    taken = job_events.apply_operation(forgotten, sent, who, now)
    if taken.job is forgotten:
        return taken._replace(job=job)
    return taken._replace(job=replace(taken.job, events=(*job.events, taken.job.events[-1])))


def _hidden(job: Job, sent: Operation, who: Operator, now: Any) -> OperationEffect:
    """What contradicts itself is not shown."""
    taken = job_events.apply_operation(job, sent, who, now)
    is_conflict = taken.result == "conflict"
    return (
        OperationEffect(replace(taken.job, disputes=job.disputes), "applied")
        if is_conflict
        else taken
    )


def _last_wins(job: Job, sent: Operation, who: Operator, now: Any) -> OperationEffect:
    """A planted defect: the last one wins, whatever they had seen."""
    return job_events.apply_operation(replace(job, said=None), sent, who, now)


def _dropped(job: Job, sent: Operation, who: Operator, now: Any) -> OperationEffect:
    """A planted defect: a disputed entry is acknowledged, and not kept."""
    taken = job_events.apply_operation(job, sent, who, now)
    return taken._replace(job=job) if taken.result == "conflict" else taken


def _takes_it_off_the_day(job: Job, sent: Operation, who: Operator, now: Any) -> OperationEffect:
    """A crew that hands over changes the plan."""
    taken = job_events.apply_operation(job, sent, who, now)
    if sent.kind == "hand_over" and taken.result == "applied":
        return taken._replace(job=replace(taken.job, planned_day=None))
    return taken


def _by_arrival(job: Job, sent: Operation, who: Operator, now: Any) -> OperationEffect:
    """Of one phone's words the one that arrives last counts."""
    said = job.said and replace(job.said, base_version=0, at=job.said.at - timedelta(days=30))
    is_own = said is not None and said.device == who.device
    return job_events.apply_operation(replace(job, said=said) if is_own else job, sent, who, now)


def _any_content(job: Job, sent: Operation, who: Operator, now: Any) -> OperationEffect:
    """Another operation under the same op_id passes for the same."""
    known = job.event(sent.op_id)
    return (
        OperationEffect(job, "duplicate")
        if known
        else job_events.apply_operation(job, sent, who, now)
    )


def _believes_versions(job: Job, sent: Operation, who: Operator, now: Any) -> OperationEffect:
    """A version that is not yet is believed."""
    seen = min(sent.base_version, job.version)
    return job_events.apply_operation(job, replace(sent, base_version=seen), who, now)


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
@pytest.mark.parametrize(
    "defect",
    [
        _twice,
        _hidden,
        _last_wins,
        _dropped,
        _takes_it_off_the_day,
        _by_arrival,
        _any_content,
        _believes_versions,
    ],
)
def test_planted_defect_is_detected(defect: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "apply_operation", defect)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(OfflineCrews, settings=WITHOUT_SHRINKING)
