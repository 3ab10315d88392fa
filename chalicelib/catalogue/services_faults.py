"""The mistakes that a council's document can have in what its services are and in their steps."""

from collections.abc import Iterator, Mapping

from chalicelib.catalogue.model import Council
from chalicelib.catalogue.services import CONTAINER, ServiceDefinition, ServiceStep


def step_faults(council: Council) -> Iterator[str]:
    for at, service in enumerate(council.services):
        place = f"`$.services[{at}]"
        if service.kind == "request":
            yield from _request_faults(service, council, place)
        elif service.steps or service.needs != "point" or _has_own_rules(service):
            yield (
                f"{place}`: only a service of kind `request` has `steps`, `container_limit` or "
                "`review_after_days`, or `needs` premises"
            )


def _has_own_rules(service: ServiceDefinition) -> bool:
    return bool(service.container_limit or service.review_after_days)


def _request_faults(service: ServiceDefinition, council: Council, place: str) -> Iterator[str]:
    if service.needs != "premises":
        yield f'{place}.needs`: a request needs premises; add "needs": "premises"'
    if service.visibility != "private":
        yield (
            f"{place}.visibility`: its address says who lives there, so the request must be "
            '"private"'
        )
    if service.why_sign_in:
        yield f"{place}.assurance`: requests are sent without signing in; remove it"
    if len(set(service.steps)) < len(service.steps):
        yield f"{place}.steps`: a step is named twice; name each once"
    yield from _order_faults(service, place)
    yield from _limit_faults(service, council, place)
    for step, is_needed in _needed(service).items():
        if is_needed != (step in service.steps):
            change = "add" if is_needed else "remove"
            yield f"{place}.steps`: {change} `{step}`, as its other fields say"


def _order_faults(service: ServiceDefinition, place: str) -> Iterator[str]:
    if service.steps[-1:] != ("check",):
        yield f"{place}.steps`: the last step must be `check`"
    if "collection" in service.steps and service.steps[0] != "premises":
        yield f"{place}.steps`: `collection` is one of the premises; begin with `premises`"


def _limit_faults(service: ServiceDefinition, council: Council, place: str) -> Iterator[str]:
    """Faults if a limit is for no container, or nobody is asked which container it is."""
    known = {each.container for each in council.containers}
    if unknown := sorted(service.container_limit.keys() - known):
        yield f"{place}.container_limit`: {', '.join(unknown)}: not in `$.containers`"
    asked = next((each for each in service.attributes if each.code == CONTAINER), None)
    choices = {each.key for each in asked.values} if asked and asked.required else set()
    if service.container_limit and not service.container_limit.keys() <= choices:
        yield (
            f"{place}.container_limit`: ask for the container in a required question "
            f"`{CONTAINER}`, with each of them as a value"
        )


def _needed(service: ServiceDefinition) -> Mapping[ServiceStep, bool]:
    """The steps that follow from other fields of the service, and whether it needs them."""
    return {
        "premises": service.needs == "premises",
        "questions": bool(service.attributes),
        "photos": service.photo != "none",
    }
