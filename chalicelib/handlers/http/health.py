"""Says whether the service answers at all."""

from chalicelib.handlers.http import auth
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.routes import Routes

routes = Routes(__name__)


@routes.endpoint(
    "/health",
    method="GET",
    auth=auth.anywhere,
    summary="Check whether the service answers",
)
def health(_: Call) -> dict[str, str]:
    return {"status": "ok"}
