"""Route of the council's teams, for officers who pass work on to one of them."""

import msgspec

from chalicelib.bootstrap import container
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.routes import Routes

routes = Routes(__name__)


class NamedTeam(msgspec.Struct, frozen=True, kw_only=True):
    """A team and what it is called."""

    team: str
    name: str


class TeamList(msgspec.Struct, frozen=True, kw_only=True):
    """All teams: a case can be passed on to a team beyond the officer's own."""

    items: list[NamedTeam]
    next: None


@routes.endpoint(
    "/api/teams",
    method="GET",
    auth=auth.may("desk.keep"),
    summary="List the council's teams",
)
def list_teams(_: Call) -> TeamList:
    known = container.council().team_names
    return TeamList(
        items=[NamedTeam(team=team, name=name) for team, name in known.items()], next=None
    )
