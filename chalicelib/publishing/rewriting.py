"""Publishing works in rounds: make a document from stored data, replace it, and check it again.

A round reads the present document, then the reports by consistent reads. It replaces the document
that it read, or starts over if that one has changed. Then it reads the reports once more, so that a
writer that was delayed between reading and writing detects that its document is out of date.
Therefore facts may arrive twice, late or out of order. A document is made a second time only if the
reports have changed, or if it is made of more than these.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple, Protocol

from chalicelib.errors import AppError, UpstreamFailed
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.parallel import run_in_parallel
from chalicelib.publishing.ports import Ports
from chalicelib.reports.published import ReportView

ATTEMPTS = 20

PublicReports = Mapping[str, ReportView]


class Target(Protocol):
    """Something to publish: reads it, makes it from its reports, and writes it. `asked_by` are the
    reports that are not published until it is. Targets are hashable.
    """

    @property
    def shows(self) -> frozenset[str]: ...
    @property
    def asked_by(self) -> frozenset[str]: ...
    @property
    def keys(self) -> frozenset[str]:
        """The key of the document."""

    @property
    def reads_more(self) -> bool:
        """True if `make` reads more than it is given."""

    @property
    def comes_first(self) -> bool:
        """True if it is written before those for which it is false."""

    def read(self, ports: Ports) -> Any:
        """The published document."""

    def make(self, held: Any, public: PublicReports) -> Any:
        """The new document."""

    def put(self, made: Any, held: Any, ports: Ports) -> bool:
        """Replaces `held`; returns False if nothing differs. Raises VersionConflict."""


class RoundResult(NamedTuple):
    """The failures, by service_request_id; the published documents; and the keys that briefly
    showed outdated content."""

    failed: dict[str, Exception]
    made: dict[Target, Any]
    outdated_keys: frozenset[str]


def rewrite(
    targets: Sequence[Target], ports: Ports, held: Mapping[Target, Any] | None = None
) -> RoundResult:
    """Publishes the targets until nothing changes: those that come first, then all others at the
    same time. `held` has the documents of targets that were just read."""
    failed: dict[str, Exception] = {}
    made: dict[Target, Any] = {}
    outdated_keys: set[str] = set()
    for _ in range(ATTEMPTS):
        if not targets:
            return RoundResult(failed, made, frozenset(outdated_keys))
        this = Round(targets, ports, held or {})
        targets, held = this.to_retry, None
        failed |= this.failed
        made |= this.made
        outdated_keys |= this.outdated_keys
    for target in targets:
        where = ", ".join(sorted(target.keys))
        error = UpstreamFailed(f"{where} kept changing while it was being published.")
        failed |= dict.fromkeys(target.asked_by, error)
    return RoundResult(failed, made, frozenset(outdated_keys))


class Round:
    """One attempt to publish some targets: its failures, and the targets to try again."""

    def __init__(self, targets: Sequence[Target], ports: Ports, held: Mapping[Target, Any]) -> None:
        self.to_retry: list[Target] = []
        self.failed: dict[str, Exception] = {}
        self.made: dict[Target, Any] = {}
        self.outdated_keys: set[str] = set()
        self._ports = ports
        try:
            self._run(targets, held)
        except AppError as error:
            self.to_retry = []
            if len(targets) == 1:
                self._fail(targets, error)
            else:
                self._run_each(targets)

    def _run_each(self, targets: Sequence[Target]) -> None:
        """Runs each target alone, so that one that cannot be read does not stop the others."""
        for target in targets:
            this = Round([target], self._ports, {})
            self.to_retry += this.to_retry
            self.failed |= this.failed
            self.made |= this.made
            self.outdated_keys |= this.outdated_keys

    def _run(self, targets: Sequence[Target], known: Mapping[Target, Any]) -> None:
        unread = [each for each in targets if each not in known]
        read = run_in_parallel(partial(each.read, self._ports) for each in unread)
        held = {**known, **dict(zip(unread, read, strict=True))}
        public = _read_public(targets, self._ports)
        for target in targets:
            with self._isolate_failure(target):
                self.made[target] = target.make(held[target], public)
        written = self._put([each for each in self.made if each.comes_first], held)
        written |= self._put([each for each in self.made if not each.comes_first], held)
        now = _read_public(written, self._ports)
        for target, made in written.items():
            with self._isolate_failure(target):
                if not target.reads_more and _are_unchanged(target.shows, public, now):
                    continue
                if target.make(held[target], now) != made:
                    self.to_retry.append(target)
                    self.outdated_keys |= target.keys

    def _put(self, targets: Sequence[Target], held: Mapping[Target, Any]) -> dict[Target, Any]:
        """Writes what was made of the targets, at the same time. Returns what differed."""

        def put(target: Target) -> bool | Exception:
            try:
                return target.put(self.made[target], held[target], self._ports)
            except Exception as error:
                return error

        written: dict[Target, Any] = {}
        for target, result in zip(
            targets, run_in_parallel(partial(put, each) for each in targets), strict=True
        ):
            if isinstance(result, Exception):
                del self.made[target]
                with self._isolate_failure(target):
                    raise result
            elif result:
                written[target] = self.made[target]
        return written

    @contextmanager
    def _isolate_failure(self, target: Target) -> Iterator[None]:
        """Records the failure of a target, so that it does not stop the others."""
        try:
            yield
        except VersionConflict:
            self.to_retry.append(target)
        except Exception as error:
            self._fail([target], error)

    def _fail(self, targets: Iterable[Target], error: Exception) -> None:
        for target in targets:
            self.failed |= dict.fromkeys(target.asked_by, error)


def _are_unchanged(ids: Iterable[str], before: PublicReports, now: PublicReports) -> bool:
    return all(before.get(each) == now.get(each) for each in ids)


def _read_public(targets: Iterable[Target], ports: Ports) -> PublicReports:
    ids = sorted({each for target in targets for each in target.shows})
    return ports.reports.public_views(ids) if ids else {}
