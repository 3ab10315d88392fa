"""Officers post disruptions, change them and take them back."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.disruptions.model import LONGEST, Disruption, DisruptionArea, DisruptionChanges
from chalicelib.disruptions.publishing import PURGE_AGAIN_FOR, publish_current
from chalicelib.disruptions.usecases import (
    Officer,
    change_disruption,
    list_current,
    post_disruption,
    withdraw_disruption,
)
from chalicelib.errors import Conflict, Forbidden, Invalid, NotFound, UpstreamFailed
from tests.support.builders import NOON
from tests.support.fakes_alerts import GUILDHALL
from tests.support.fakes_disruptions import CENTRE, OFFICER, DisruptionsWorld, disruption_draft

HOUR = timedelta(hours=1)


@pytest.fixture
def office() -> DisruptionsWorld:
    return DisruptionsWorld()


def posted(office: DisruptionsWorld, key: str = "key", **values: Any) -> Any:
    return post_disruption(disruption_draft(**values), key, OFFICER, office.ports())


def changed(office: DisruptionsWorld, of: Any, **values: Any) -> Any:
    changes = DisruptionChanges(**values)
    return change_disruption(of.disruption_id, changes, of.version, OFFICER, office.ports())


def test_disruption_is_posted_once_under_its_key_and_audited_before(
    office: DisruptionsWorld,
) -> None:
    first, again = posted(office), posted(office)
    assert first == again and (first.version, first.news) == (1, 1)
    assert office.noted[0] == (OFFICER.account_id, "disruptions.post", first.disruption_id, "")
    with pytest.raises(Conflict):
        posted(office, title="Another")
    assert posted(office, "another key").disruption_id != first.disruption_id


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"ends": NOON}, "ends"),
        ({"begins": NOON - 3 * HOUR, "ends": NOON - HOUR}, "ends"),
        ({"ends": NOON + LONGEST + HOUR}, "ends"),
        ({"area": DisruptionArea(ward_code="nowhere")}, "area.ward_code"),
        ({"area": DisruptionArea(ward_code=GUILDHALL, radius_m=500)}, "area.ward_code"),
        ({"area": DisruptionArea(lat=53.9)}, "area.long"),
        ({"area": DisruptionArea(radius_m=500)}, "area.lat"),
        ({"area": DisruptionArea(**CENTRE, radius_m=0)}, "area.radius_m"),
        ({"area": DisruptionArea(**CENTRE, radius_m=500_000)}, "area.radius_m"),
        ({"area": DisruptionArea(lat=0, long=0, radius_m=500)}, "area.lat"),
        ({"service_codes": ("pothole", "unknown")}, "service_codes"),
    ],
)
def test_disruption_is_refused_with_its_field_when_it_is_invalid(
    values: dict[str, Any], field: str, office: DisruptionsWorld
) -> None:
    with pytest.raises(Invalid) as refused:
        posted(office, **values)
    assert field in {error.field for error in refused.value.errors}
    assert list(office.disruptions.all()) == [] == office.noted


@pytest.mark.parametrize("area", [DisruptionArea(), DisruptionArea(ward_code=GUILDHALL)])
def test_disruption_can_be_for_a_ward_or_the_whole_council(
    area: DisruptionArea, office: DisruptionsWorld
) -> None:
    assert posted(office, area=area).area == area


@pytest.mark.parametrize(
    ("values", "is_news"),
    [
        ({"title": "No bins"}, False),
        ({"text": "Two lorries."}, False),
        ({"service_codes": ("missed-bin", "pothole")}, True),
        ({"service_codes": ("pothole",)}, True),
        ({"service_codes": ("missed-bin",)}, False),
        ({"service_codes": ()}, False),
        ({"ends": NOON + 8 * HOUR}, True),
        ({"begins": NOON + HOUR}, True),
        ({"area": DisruptionArea()}, True),
        ({"ends": NOON + 6 * HOUR}, False),
    ],
)
def test_change_of_times_area_or_services_is_announced(
    values: dict[str, Any], is_news: bool, office: DisruptionsWorld
) -> None:
    after = changed(office, posted(office, service_codes=("missed-bin",)), **values)
    assert (after.version, after.news) == (2, 1 + is_news)
    assert office.noted[-1][1::2] == ("disruptions.change", *values)


def test_change_is_refused_on_another_version_or_after_the_end(office: DisruptionsWorld) -> None:
    first = posted(office)
    second = changed(office, first, title="No bins")
    with pytest.raises(Conflict) as refused:
        changed(office, first, title="Another")
    assert refused.value.version == second.version
    with pytest.raises(Invalid):
        changed(office, second, ends=NOON - HOUR)
    office.clock.now = second.ends
    with pytest.raises(Conflict, match="is over"):
        changed(office, second, title="Another")


def test_withdrawn_disruption_is_over_and_cannot_be_changed(office: DisruptionsWorld) -> None:
    first = posted(office)
    gone = withdraw_disruption(first.disruption_id, first.version, OFFICER, office.ports())
    assert not gone.is_current(NOON) and gone.news == first.news
    for attempt in (
        lambda: changed(office, gone, title="Another"),
        lambda: withdraw_disruption(gone.disruption_id, gone.version, OFFICER, office.ports()),
    ):
        with pytest.raises(Conflict, match="was withdrawn"):
            attempt()
    with pytest.raises(NotFound):
        withdraw_disruption("0" * 32, 1, OFFICER, office.ports())


def test_current_and_upcoming_disruptions_are_listed_by_start(office: DisruptionsWorld) -> None:
    later = posted(office, "1", begins=NOON + HOUR)
    now, over = posted(office, "2"), posted(office, "3", ends=NOON + HOUR)
    office.clock.now += HOUR
    assert list_current(office.ports()) == [now, later]
    assert over not in list_current(office.ports())


def shown(office: DisruptionsWorld) -> list[str]:
    publish_current(office.publishing())
    return [each["title"] for each in json.loads(office.published[-1])["items"]]


def test_document_has_current_and_upcoming_disruptions_and_loses_past_ones(
    office: DisruptionsWorld,
) -> None:
    posted(office, "1", title="Now"), posted(office, "2", title="Soon", begins=NOON + HOUR)
    assert shown(office) == ["Now", "Soon"] and office.purged == []
    office.clock.now += 6 * HOUR
    assert shown(office) == []
    assert b"news" not in office.published[0] and b"request_id" not in office.published[0]


def test_copies_are_purged_until_the_cdn_confirms_when_one_was_withdrawn(
    office: DisruptionsWorld,
) -> None:
    first = posted(office)
    withdraw_disruption(first.disruption_id, first.version, OFFICER, office.ports())
    office.cdn_fails = True
    with pytest.raises(UpstreamFailed):
        publish_current(office.publishing())
    office.cdn_fails = False
    assert shown(office) == shown(office) == []
    assert set(office.purged) == {f"disruption-{first.disruption_id}-2"}
    office.clock.now += PURGE_AGAIN_FOR
    office.purged.clear()
    assert shown(office) == [] and office.purged == []


WASTE = Officer("waste", ((("waste",), ()),))
WARD = Officer("ward", (((), (GUILDHALL,)),))
WASTE_SERVICES = ("missed-bin",)


@pytest.mark.parametrize(
    ("officer", "values", "may_post"),
    [
        (OFFICER, {}, True),
        (WASTE, {}, False),
        (WASTE, {"service_codes": WASTE_SERVICES}, True),
        (WASTE, {"service_codes": (*WASTE_SERVICES, "pothole")}, False),
        (WARD, {}, False),
        (WARD, {"area": DisruptionArea(ward_code=GUILDHALL)}, True),
        (Officer("nowhere", ()), {}, False),
    ],
)
def test_officer_posts_and_changes_disruptions_only_of_their_teams_and_wards(
    officer: Officer, values: dict[str, Any], may_post: bool, office: DisruptionsWorld
) -> None:
    draft = disruption_draft(**({"area": DisruptionArea()} | values))
    ports = replace(
        office.ports(),
        wards_of=lambda area: {area.ward_code} if area.ward_code else {GUILDHALL, "x"},
    )
    of_somebody_else = post_disruption(draft, "before", OFFICER, ports)
    acts: list[Callable[[], Disruption]] = [
        lambda: post_disruption(draft, "key", officer, ports),
        lambda: change_disruption(
            of_somebody_else.disruption_id, DisruptionChanges(title="New"), 1, officer, ports
        ),
        lambda: withdraw_disruption(
            of_somebody_else.disruption_id, 2 if may_post else 1, officer, ports
        ),
    ]
    for act in acts:
        if may_post:
            act()
        else:
            with pytest.raises(Forbidden, match="name services of your teams"):
                act()


def test_officer_cannot_move_a_disruption_out_of_their_wards(office: DisruptionsWorld) -> None:
    area = DisruptionArea(ward_code=GUILDHALL)
    stored = post_disruption(disruption_draft(area=area), "key", WARD, office.ports())
    ports = replace(office.ports(), wards_of=lambda area: {area.ward_code or "every ward"})
    everywhere = DisruptionChanges(area=DisruptionArea())
    with pytest.raises(Forbidden):
        change_disruption(stored.disruption_id, everywhere, 1, WARD, ports)
