"""Read jobs: one job, a crew's day, or a list."""

from collections.abc import Sequence
from datetime import date

from chalicelib.catalogue.crews import Crew
from chalicelib.errors import Forbidden, Invalid, NotFound
from chalicelib.jobs.model import Job
from chalicelib.jobs.people import Staff
from chalicelib.jobs.ports import JobFilters, JobPage, Ports
from chalicelib.jobs.usecases.job_updates import job_not_found

NO_CREW = "choose a crew that GET /api/crews lists"


def find_job(job_id: str, who: Staff, ports: Ports) -> Job:
    """The job. Raises NotFound, also if it is in another team or ward."""
    job = ports.jobs.get(job_id)
    if job is None or not who.covers(job):
        raise job_not_found(job_id)
    return job


def list_crews(who: Staff, ports: Ports) -> Sequence[Crew]:
    """The crews of the person's teams, in the council's order."""
    return [each for each in ports.council.by_crew.values() if who.covers_team(each.team)]


def get_crew(crew: str, who: Staff, ports: Ports) -> Crew:
    """The crew with this code. Raises NotFound, Forbidden (it is in another team)."""
    known = ports.council.by_crew.get(crew)
    if known is None:
        raise NotFound(f"There is no crew {crew}: {NO_CREW}.")
    if not who.covers_team(known.team):
        raise Forbidden("This crew is in another team. Ask an officer of that team.")
    return known


def list_day(crew: str, day: date, who: Staff, ports: Ports) -> Sequence[Job]:
    """All jobs of a crew on a day, in order; also in wards outside the person's remit, because the
    day is one plan. Raises NotFound, Forbidden, UpstreamFailed."""
    get_crew(crew, who, ports)
    return ports.jobs.of_day(crew, day)


def list_jobs(
    filters: JobFilters, who: Staff, ports: Ports, *, limit: int, after: str | None = None
) -> JobPage:
    """The jobs that match the filters, in the person's teams and wards; a page may be short or
    empty and still have a next one. Raises Invalid, Forbidden, UpstreamFailed."""
    teams = [team for team in ports.council.team_names if who.covers_team(team)]
    if filters.crew is not None:
        if filters.crew not in ports.council.by_crew:
            raise Invalid.field("crew", NO_CREW)
        get_crew(filters.crew, who, ports)
    if filters.team is not None and filters.team not in teams:
        raise Invalid.field("team", f"choose one of your teams: {', '.join(teams)}")
    page = ports.jobs.list_page(filters, teams=teams, limit=limit, after=after)
    return page._replace(jobs=[job for job in page.jobs if who.covers(job)])
