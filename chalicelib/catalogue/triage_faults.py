"""The faults in a council's triage rules, with their places in its document and the fix."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from chalicelib.catalogue.model import Council
from chalicelib.catalogue.questions import Attribute
from chalicelib.catalogue.triage import Rule, Then, When


def triage_faults(council: Council) -> Iterable[str]:
    """All faults. Ward codes are checked only if the document names wards: boundaries are imported
    separately."""
    names = Counter(rule.name for rule in council.triage)
    for at, rule in enumerate(council.triage):
        place = f"`$.triage[{at}]"
        if names[rule.name] > 1:
            yield f"{place}.name`: {rule.name!r} is used twice; rename one"
        yield from _when_faults(rule.when, council, f"{place}.when")
        yield from _then_faults(rule.then, council, f"{place}.then")
        if not _is_reachable(rule, council):
            yield f"{place}.when`: none of `services` is in `groups`"


def _when_faults(when: When, council: Council, place: str) -> Iterable[str]:
    groups = {service.group for service in council.services}
    yield from _unknown(when.services, council.by_code, f"{place}.services`", "`$.services`")
    yield from _unknown(when.groups, groups, f"{place}.groups`", "the groups of `$.services`")
    if known := _wards(council):
        yield from _unknown(when.wards, known, f"{place}.wards`", "`$.councillors` or `$.areas`")
    if any(not word.strip() for word in when.words or ()):
        yield f"{place}.words`: one is blank; remove it"
    yield from _answer_faults(when, council, f"{place}.attributes")


def _answer_faults(when: When, council: Council, place: str) -> Iterable[str]:
    asked = _questions_asked(when, council)
    for code, keys in when.attributes.items():
        values = {value.key: value for each in asked.get(code, ()) for value in each.values}
        if code not in asked:
            yield f"{place}.{code}`: none of the rule's services asks it"
        elif not values:
            yield (
                f"{place}.{code}`: this question has no list of answers; name one that has `values`"
            )
        else:
            yield from _unknown(keys, values, f"{place}.{code}`", "the question's `values`")
            if dangerous := sorted(key for key in keys if key in values and values[key].dangerous):
                yield (
                    f"{place}.{code}`: {', '.join(dangerous)}: residents who choose this are told "
                    "to call, so it is never reported"
                )


def _then_faults(then: Then, council: Council, place: str) -> Iterable[str]:
    if not then.values:
        known = ", ".join(Then.__annotations__)
        yield f"{place}`: is empty; give it at least one of {known}"
    if then.team:
        yield from _unknown((then.team,), council.team_names, f"{place}.team`", "`$.teams`")
    if then.service_level and not then.service_level.is_one_promise:
        yield f"{place}.service_level`: give one of days, working_days and working_hours"
    known_skills = {skill for crew in council.crews for skill in crew.skills}
    yield from _unknown(then.skills, known_skills, f"{place}.skills`", "the skills of `$.crews`")


def _unknown(
    named: Iterable[str] | None, known: Collection[str], place: str, where: str
) -> Iterable[str]:
    if unknown := sorted(set(named or ()) - set(known)):
        yield f"{place}: {', '.join(unknown)}: not in {where}"


def _questions_asked(when: When, council: Council) -> Mapping[str, list[Attribute]]:
    asked: dict[str, list[Attribute]] = {}
    for service in council.services:
        if when.is_for(service.service_code, service.group):
            for attribute in service.attributes:
                asked.setdefault(attribute.code, []).append(attribute)
    return asked


def _wards(council: Council) -> set[str]:
    return set(council.councillors).union(*(area.wards for area in council.areas))


def _is_reachable(rule: Rule, council: Council) -> bool:
    """False if services and groups exclude each other; each is checked separately elsewhere."""
    when = rule.when
    if not (when.services and when.groups) or set(when.services) - set(council.by_code):
        return True
    return any(when.is_for(each.service_code, each.group) for each in council.services)
