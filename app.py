"""All routes and event handlers in one application: for packaging, the local stack and tests.

On AWS, the API's function starts at `chalicelib/handlers/api.py`, and each event handler at its own
module.
"""

from chalicelib.handlers import description
from chalicelib.handlers.http.application import new_application
from chalicelib.handlers.registry import EVENTS, ROUTES

app = new_application()
for blueprint in [*ROUTES, description.routes, *EVENTS]:
    app.register_blueprint(blueprint)
