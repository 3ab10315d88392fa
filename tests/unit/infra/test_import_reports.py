import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chalicelib.errors import ConfigurationError, UpstreamFailed
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases import Author, view
from infra.import_reports import MAPPINGS, Meaning, ReportMapping, import_reports, load_mapping
from tests.fakes import MemoryRepository

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
        "confirmed": Meaning("open", "public"),
        "fixed": Meaning("fixed", "public"),
        "hidden": Meaning("open", "hidden"),
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


def test_rows_are_taken_with_reference_and_dates(ports: Ports) -> None:
    summary = import_reports(as_file(row(1), row(2, state="fixed")), MAPPING, ports)
    assert (summary.taken, summary.unchanged, summary.refused) == (2, 0, [])
    seen = {
        report.external_reference: report
        for report in (view(i, Author(), ports) for i in ports.repository.ids())
    }
    fixed = seen["https://example.org/2"]
    assert (fixed.state, fixed.service_code) == ("fixed", "pothole")
    assert f"{fixed.requested_datetime:%Y-%m-%dT%H:%M:%SZ}" == "2010-07-04T19:00:35Z"
    assert f"{fixed.updated_datetime:%Y-%m-%dT%H:%M:%SZ}" == "2010-07-05T19:05:02Z"


def test_nothing_changes_when_the_file_is_imported_again(
    ports: Ports, repository: MemoryRepository
) -> None:
    import_reports(as_file(row(1), row(2)), MAPPING, ports)
    before = [repository.get(i) for i in repository.ids()]
    summary = import_reports(as_file(row(1), row(2)), MAPPING, ports)
    assert (summary.taken, summary.unchanged, summary.refused) == (0, 2, [])
    assert [repository.get(i) for i in repository.ids()] == before


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
        ({"title": "a\x00b"}, "control characters"),
        ({"ref": ""}, "external_reference: is required"),
        ({"made": "0007-01-01 00:00:00 UTC"}, "requested_datetime: is before 1900"),
        ({"made": "yesterday"}, "requested_datetime: 'yesterday' is not of the form"),
    ],
)
def test_row_is_refused_with_line_and_reason_and_the_rest_taken_when_it_is_wrong(
    values: dict[str, Any], reason: str, ports: Ports
) -> None:
    summary = import_reports(as_file(row(1), row(2, **values), row(3)), MAPPING, ports)
    assert summary.taken == 2
    ((line, why),) = summary.refused
    assert line == 3
    assert reason in why


def test_line_is_where_the_row_begins_when_an_earlier_one_spans_lines(ports: Ports) -> None:
    spanning = row(1, title="two\nlines")
    summary = import_reports(as_file(spanning, row(2, kind="Dragons")), MAPPING, ports)
    assert [line for line, _ in summary.refused] == [2, 4]


def test_import_is_refused_when_a_column_is_missing(ports: Ports) -> None:
    with pytest.raises(ConfigurationError, match="no column 'ref'"):
        import_reports(as_file(row(), columns=COLUMNS[1:]), MAPPING, ports)


def test_import_stops_and_can_be_run_again_when_the_store_does_not_answer(ports: Ports) -> None:
    class Failing(MemoryRepository):
        def create(self, report: ServiceRequest) -> ServiceRequest:
            if str(report.external_reference).endswith("2"):
                raise UpstreamFailed("gone")
            return super().create(report)

    failing = replace(ports, repository=Failing())
    with pytest.raises(UpstreamFailed):
        import_reports(as_file(row(1), row(2)), MAPPING, failing)
    assert len(list(failing.repository.ids())) == 1


def test_every_row_is_told_to_the_progress_bar(ports: Ports) -> None:
    seen: list[int] = []
    import_reports(as_file(row(1), row(2, kind="Dragons"), row(3)), MAPPING, ports, seen.append)
    assert sum(seen) == 3


@pytest.mark.parametrize("mapping", sorted(MAPPINGS.glob("*.json")), ids=lambda path: path.stem)
def test_mapping_leads_to_services_of_its_council(mapping: Any) -> None:
    from chalicelib.catalogue.load import load

    known = load_mapping(mapping)
    assert set(known.categories.values()) <= set(load(known.council).by_code)


def test_import_says_where_it_stopped_when_the_file_cannot_be_read_on(
    ports: Ports, tmp_path: Path
) -> None:
    path = tmp_path / "broken.csv"
    path.write_bytes(as_file(row(1), row(2)).getvalue().encode() + b"\xff\xfe\n")
    with (
        path.open(encoding="utf-8", newline="") as opened,
        pytest.raises(ConfigurationError, match=r"past line \d.*UTF-8"),
    ):
        import_reports(opened, MAPPING, ports)
    too_long = as_file(row(1), row(2, title="x" * 140_000))
    with pytest.raises(ConfigurationError, match="past line 3"):
        import_reports(too_long, MAPPING, ports)
