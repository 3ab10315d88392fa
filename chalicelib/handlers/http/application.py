"""The Chalice application that routes and event handlers are registered with."""

from chalice.app import Chalice


def new_application() -> Chalice:
    """An application without routes, which leaves posted photos as they are."""
    made = Chalice(app_name="ginnel")
    # Without this, API Gateway would read the bytes of a posted photo as text.
    made.api.binary_types.append("multipart/form-data")
    return made
