import csv
import io
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.errors import ConfigurationError, UpstreamFailed
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.reading import public_views, view_report
from infra.import_reports import (
    CLOSED_EARLIER,
    CLOSED_WITHOUT_DATE,
    LESS_VISIBLE,
    MAPPINGS,
    OUTSIDE_WARDS,
    UPDATED_EARLIER,
    ReportMapping,
    StateMapping,
    import_reports,
    load_mapping,
)
from infra.local_times import NEVER, TWICE, TWICE_LATER
from infra.refused_rows import print_notes
from tests.support.fakes import FakeAddressLookup, MemoryRepository

COLUMNS = ("ref", "title", "lat", "lon", "kind", "state", "made", "changed")
MAPPING = ReportMapping(
    council="demo",
    columns=load_mapping(MAPPINGS / "bath.json").columns.__class__(
        external_reference="ref",
        title="title",
        lat="lat",
        long="lon",
        category="kind",
        state="state",
        requested_datetime="made",
        updated_datetime="changed",
    ),
    datetime_format="%Y-%m-%d %H:%M:%S UTC",
    categories={"Holes": "pothole"},
    states={
        "confirmed": StateMapping("open", "public"),
        "fixed": StateMapping("fixed", "public"),
        "hidden": StateMapping("open", "hidden"),
    },
)


def row(number: int = 1, **values: str) -> dict[str, str]:
    return {
        "ref": f"https://example.org/{number}",
        "title": "Hole",
        "lat": "53.959",
        "lon": "-1.0815",
        "kind": "Holes",
        "state": "confirmed",
        "made": "2010-07-04 19:00:35 UTC",
        "changed": "2010-07-05 19:05:02 UTC",
        **values,
    }


def as_file(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> io.StringIO:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    file.seek(0)
    return file


def test_rows_are_imported_with_reference_and_dates(ports: Ports) -> None:
    summary = import_reports(as_file(row(1), row(2, state="fixed")), MAPPING, ports)
    assert (summary.taken, summary.unchanged, summary.refused) == (2, 0, [])
    seen = {
        report.external_reference: report
        for report in (view_report(i, Author(), ports) for i in ports.repository.list_ids())
    }
    fixed = seen["https://example.org/2"]
    assert (fixed.state, fixed.service_code) == ("fixed", "pothole")
    assert f"{fixed.requested_datetime:%Y-%m-%dT%H:%M:%SZ}" == "2010-07-04T19:00:35Z"
    assert f"{fixed.updated_datetime:%Y-%m-%dT%H:%M:%SZ}" == "2010-07-05T19:05:02Z"


def test_nothing_changes_when_the_file_is_imported_again(
    ports: Ports, repository: MemoryRepository
) -> None:
    import_reports(as_file(row(1), row(2)), MAPPING, ports)
    before = [repository.get(i) for i in repository.list_ids()]
    summary = import_reports(as_file(row(1), row(2)), MAPPING, ports)
    assert (summary.taken, summary.unchanged, summary.refused) == (0, 2, [])
    assert [repository.get(i) for i in repository.list_ids()] == before


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"kind": "Dragons"}, "category: 'Dragons' is not in the mapping"),
        ({"state": "mended"}, "state: 'mended' is not in the mapping"),
        ({"lat": "north"}, "lat: 'north' is not a number"),
        ({"lat": ""}, "lat: '' is not a number"),
        ({"lat": "nan"}, "lat:"),
        ({"lat": "10"}, "outside"),
        ({"title": ""}, "description: is required"),
        ({"ref": ""}, "external_reference: is required"),
        ({"made": "0007-01-01 00:00:00 UTC"}, "requested_datetime: is before 1900"),
        ({"made": "3020-01-01 00:00:00 UTC"}, "requested_datetime: 3020-01-01 00:00 is in the"),
        (
            {"changed": "3020-01-01 00:00:00 UTC"},
            "updated_datetime: 3020-01-01 00:00 is in the futu",
        ),
        ({"made": "yesterday"}, "requested_datetime: 'yesterday' does not match the format"),
    ],
)
def test_invalid_row_is_refused_with_line_and_reason_and_the_rest_imported(
    values: dict[str, Any], reason: str, ports: Ports
) -> None:
    summary = import_reports(as_file(row(1), row(2, **values), row(3)), MAPPING, ports)
    assert summary.taken == 2
    ((line, why),) = summary.refused
    assert line == 3
    assert reason in why


def test_line_is_the_rows_first_when_an_earlier_one_spans_lines(ports: Ports) -> None:
    spanning = row(1, title="two\nlines")
    summary = import_reports(as_file(spanning, row(2, kind="Dragons")), MAPPING, ports)
    assert summary.taken == 1
    assert [line for line, _ in summary.refused] == [4]


def test_import_is_refused_when_a_column_is_missing(ports: Ports) -> None:
    with pytest.raises(ConfigurationError, match="no column 'ref'"):
        import_reports(as_file(row(), columns=COLUMNS[1:]), MAPPING, ports)


def test_import_stops_and_can_be_repeated_when_the_store_does_not_answer(ports: Ports) -> None:
    class Failing(MemoryRepository):
        def create(self, report: ServiceRequest) -> ServiceRequest:
            if str(report.external_reference).endswith("2"):
                raise UpstreamFailed("gone")
            return super().create(report)

    failing = replace(ports, repository=Failing())
    with pytest.raises(UpstreamFailed):
        import_reports(as_file(row(1), row(2)), MAPPING, failing)
    assert len(list(failing.repository.list_ids())) == 1


def test_progress_bar_gets_every_row(ports: Ports) -> None:
    seen: list[int] = []
    import_reports(as_file(row(1), row(2, kind="Dragons"), row(3)), MAPPING, ports, seen.append)
    assert sum(seen) == 3


def only(ports: Ports) -> ServiceRequest:
    """The one report that is stored."""
    (request_id,) = ports.repository.list_ids()
    report = ports.repository.get(request_id)
    assert report
    return report


def on_the_clock(form: str, time_zone: str | None = None) -> ReportMapping:
    return msgspec.structs.replace(MAPPING, datetime_format=form, time_zone=time_zone)


@pytest.mark.parametrize(
    ("made", "form", "time_zone", "expected"),
    [
        ("2015-06-30T23:52:17-04:00", "%Y-%m-%dT%H:%M:%S%z", None, "2015-07-01T03:52:17Z"),
        ("2015-06-30 23:52:17", "%Y-%m-%d %H:%M:%S", None, "2015-06-30T22:52:17Z"),
        ("2015-06-30 23:52:17", "%Y-%m-%d %H:%M:%S", "UTC", "2015-06-30T23:52:17Z"),
        ("2015-06-30 23:52:17", "%Y-%m-%d %H:%M:%S", "America/New_York", "2015-07-01T03:52:17Z"),
    ],
)
def test_time_keeps_its_offset_and_is_else_in_the_zone_of_the_export_or_the_council(
    made: str, form: str, time_zone: str | None, expected: str, ports: Ports
) -> None:
    mapping = on_the_clock(form, time_zone)
    summary = import_reports(as_file(row(made=made, changed=made)), mapping, ports)
    assert (summary.taken, summary.notes) == (1, {})
    assert f"{only(ports).requested_datetime:%Y-%m-%dT%H:%M:%SZ}" == expected


def test_rows_are_listed_when_their_local_times_occur_twice_or_never(ports: Ports) -> None:
    rows = (
        row(1, made="2025-10-26 01:50:00", changed="2025-10-26 01:10:00"),
        row(2, made="2026-03-29 01:30:00", changed="2026-03-30 12:00:00"),
    )
    summary = import_reports(as_file(*rows), on_the_clock("%Y-%m-%d %H:%M:%S"), ports)
    assert (summary.taken, summary.refused) == (2, [])
    assert summary.notes == {
        f"requested_datetime {TWICE}": [2],
        f"updated_datetime {TWICE_LATER}": [2],
        f"requested_datetime {NEVER}": [3],
    }


@pytest.mark.parametrize("changed", ["", "  "])
def test_open_row_without_a_date_of_change_counts_as_unchanged(changed: str, ports: Ports) -> None:
    summary = import_reports(as_file(row(changed=changed)), MAPPING, ports)
    assert (summary.taken, summary.refused, summary.notes) == (1, [], {})
    report = only(ports)
    assert (report.state, report.closed_datetime) == ("open", None)
    assert report.updated_datetime == report.requested_datetime


def test_row_is_imported_and_listed_when_it_was_closed_or_changed_before_it_was_received(
    ports: Ports,
) -> None:
    earlier = "2010-07-03 19:00:35 UTC"
    rows = (
        row(1, state="fixed", changed=earlier),
        row(2, changed=earlier),
        row(3, state="fixed", changed=""),
        row(4, state="fixed"),
        row(5, state="fixed", changed=earlier),
    )
    summary = import_reports(as_file(*rows), MAPPING, ports)
    assert (summary.taken, summary.refused) == (5, [])
    assert summary.notes == {
        CLOSED_EARLIER: [2, 6],
        UPDATED_EARLIER: [3],
        CLOSED_WITHOUT_DATE: [4],
    }
    stored = [report for i in ports.repository.list_ids() if (report := ports.repository.get(i))]
    assert all(each.updated_datetime >= each.requested_datetime for each in stored)


def test_row_is_not_public_and_listed_when_its_service_is_private_or_moderated(
    ports: Ports,
) -> None:
    kinds = {"Holes": "pothole", "Noise": "noise-nuisance", "Graffiti": "graffiti"}
    mapping = msgspec.structs.replace(MAPPING, categories=kinds)
    rows = (
        row(1),
        row(2, kind="Noise", title="Loud music every night from flat 3"),
        row(3, kind="Graffiti"),
        row(4, kind="Noise", state="hidden"),
    )
    for _ in range(2):
        summary = import_reports(as_file(*rows), mapping, ports)
        assert summary.notes == {LESS_VISIBLE["private"]: [3], LESS_VISIBLE["waiting"]: [4]}
    (public,) = public_views(list(ports.repository.list_ids()), ports).values()
    assert public.external_reference == "https://example.org/1"


def test_row_is_imported_and_listed_when_it_is_outside_every_ward(ports: Ports) -> None:
    assert isinstance(ports.address_lookup, FakeAddressLookup)
    ports.address_lookup.outside = True
    summary = import_reports(as_file(row(1), row(2)), MAPPING, ports)
    assert (summary.taken, summary.notes) == (2, {OUTSIDE_WARDS: [2, 3]})


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"datetime_format": "%Y-%m-%d %H:%M:%S %Z"}, "write %z for an offset"),
        ({"time_zone": "Europe/Eskerby"}, "there is no Europe/Eskerby"),
        ({"time_zone": "../etc"}, "there is no ../etc"),
        ({"states": {"x": {"state": "open", "visibility": "held"}}}, "Invalid enum value 'held'"),
        ({"states": {"x": {"state": "open", "visibility": "withdrawn"}}}, "'withdrawn'"),
    ],
)
def test_invalid_mapping_is_refused_with_the_fix(
    wrong: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    document = msgspec.json.decode((MAPPINGS / "bath.json").read_bytes()) | wrong
    path = tmp_path / "wrong.json"
    path.write_bytes(msgspec.json.encode(document))
    with pytest.raises(ConfigurationError, match=re.escape(reason)):
        load_mapping(path)


def test_notes_list_every_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_notes({"closed before": [2, 3, 4, 9, 11, 12], "twice": [7]})
    assert capsys.readouterr().out == (
        "6 rows: closed before. Lines: 2-4, 9, 11-12.\n1 row: twice. Lines: 7.\n"
    )


@pytest.mark.parametrize("mapping", sorted(MAPPINGS.glob("*.json")), ids=lambda path: path.stem)
def test_mappings_name_services_of_their_council(mapping: Any) -> None:
    from chalicelib.catalogue.load import load

    known = load_mapping(mapping)
    assert set(known.categories.values()) <= set(load(known.council).by_code)


def test_import_names_the_line_when_the_file_becomes_unreadable(
    ports: Ports, tmp_path: Path
) -> None:
    path = tmp_path / "broken.csv"
    path.write_bytes(as_file(row(1), row(2)).getvalue().encode() + b"\xff\xfe\n")
    with (
        path.open(encoding="utf-8", newline="") as opened,
        pytest.raises(ConfigurationError, match=r"after line \d.*UTF-8"),
    ):
        import_reports(opened, MAPPING, ports)
    too_long = as_file(row(1), row(2, title="x" * 140_000))
    with pytest.raises(ConfigurationError, match="after line 3"):
        import_reports(too_long, MAPPING, ports)
