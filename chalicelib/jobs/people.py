"""The people who plan jobs and work on them, and the jobs that they may see."""

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from chalicelib.jobs.model import Job
    from chalicelib.jobs.states import By


class Remit(Struct, frozen=True):
    """The jobs of these teams in these wards; no teams or no wards means all of them. A job without
    a known ward is in no remit with wards."""

    teams: tuple[str, ...] = ()
    wards: tuple[str, ...] = ()

    def covers(self, team: str, ward_code: str | None) -> bool:
        return (not self.teams or team in self.teams) and (
            not self.wards or ward_code in self.wards
        )


EVERYWHERE = (Remit(),)


class Staff(Struct, frozen=True, kw_only=True):
    """A member of the council's staff; `remits` are the teams and wards that they cover."""

    actor: str
    remits: tuple[Remit, ...] = ()

    def covers(self, job: "Job") -> bool:
        return self.covers_place(job.team, job.ward_code)

    def covers_place(self, team: str, ward_code: str | None) -> bool:
        return any(remit.covers(team, ward_code) for remit in self.remits)

    def covers_team(self, team: str) -> bool:
        """True if the person may cover some of the team's jobs."""
        return any(not remit.teams or team in remit.teams for remit in self.remits)


class Operator(Staff, frozen=True, kw_only=True):
    """A crew member or contractor. `device` tells one phone from another: the id of the session or
    of the link; `scope` is the scope of their photos. A contractor's link is for one job."""

    device: str
    scope: str
    by: "By" = "crew"
    job_id: str | None = None

    def may_work_on(self, job: "Job", now: datetime) -> bool:
        """True if the operator may report work on the job, even if it has since moved to another
        team."""
        if self.by == "contractor":
            return self.job_id == job.job_id and self._has_link_to(job, now)
        teams = (job.team, *job.former_teams)
        return any(self.covers_place(team, job.ward_code) for team in teams)

    def _has_link_to(self, job: "Job", now: datetime) -> bool:
        link = job.active_contractor
        return link is not None and link.link_id == self.actor and now < link.expires_at
