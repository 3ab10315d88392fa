"""One deployment leads from the tables of a release to those of the next one."""

import copy
import json
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from chalicelib.errors import ConfigurationError
from chalicelib.kernel.version import VERSION
from infra import release
from infra.__main__ import commands
from infra.release import Tables, undeployable_changes
from infra.resources import template

INDEX = {"keys": ["a"], "contains": "KEYS_ONLY"}


@pytest.fixture
def tables() -> Tables:
    return copy.deepcopy(release.tables_of(template()))


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty record in place of the repository's."""
    path = tmp_path / "released_tables.json"
    path.write_text("{}")
    monkeypatch.setattr(release, "RECORD", path)
    return path


def test_one_deployment_leads_from_the_newest_release_to_the_template(tables: Tables) -> None:
    *_, newest = release.recorded_tables().values()
    assert [*undeployable_changes(newest, tables)] == [], (
        "Add one index of a table in a release. Before a version has its tag, "
        "run `python -m infra release` if that is what is to be released."
    )


def test_one_deployment_leads_from_each_release_to_the_next() -> None:
    for before, after in pairwise(release.recorded_tables().values()):
        assert [*undeployable_changes(before, after)] == []


def test_record_has_tables_with_indexes() -> None:
    assert release.recorded_tables()
    for tables in release.recorded_tables().values():
        assert tables["ReportsTable"] and tables["JobsTable"]


def test_two_new_indexes_of_one_table_are_detected(tables: Tables) -> None:
    after = copy.deepcopy(tables)
    after["JobsTable"]["by-a"] = INDEX
    after["ReportsTable"]["by-a"] = INDEX
    assert [*undeployable_changes(tables, after)] == []
    after["ReportsTable"]["by-b"] = INDEX
    (fault,) = undeployable_changes(tables, after)
    assert fault.startswith("ReportsTable: one index") and fault.endswith("by-a and by-b")


def test_new_index_in_place_of_another_one_is_detected(tables: Tables) -> None:
    after = copy.deepcopy(tables)
    after["ReportsTable"]["by-a"] = after["ReportsTable"].pop("by-tile")
    (fault,) = undeployable_changes(tables, after)
    assert fault.endswith("not by-a and by-tile")


@pytest.mark.parametrize("change", [{"keys": ["other"]}, {"contains": "ALL"}])
def test_changed_index_is_detected(change: dict[str, object], tables: Tables) -> None:
    after = copy.deepcopy(tables)
    after["ReportsTable"]["by-tile"] |= change
    assert [*undeployable_changes(tables, after)] == [
        "ReportsTable: by-tile cannot change, make another index in its place"
    ]


def test_new_table_may_have_any_indexes(tables: Tables) -> None:
    assert [
        *undeployable_changes(tables, tables | {"NewTable": {"by-a": INDEX, "by-b": INDEX}})
    ] == []


def test_command_records_a_version_until_it_is_right(record: Path) -> None:
    for _ in range(2):
        assert CliRunner().invoke(commands, ["release"]).exit_code == 0
    assert release.recorded_tables() == {VERSION: release.tables_of(template())}


def test_command_refuses_what_no_deployment_can_reach(record: Path, tables: Tables) -> None:
    for name in ("by-tile", "by-target"):
        del tables["ReportsTable"][name]
    record.write_text(json.dumps({"0.0.1": tables}))
    done = CliRunner().invoke(commands, ["release"])
    assert isinstance(done.exception, ConfigurationError)
    assert "by-target and by-tile" in str(done.exception)
    assert list(release.recorded_tables()) == ["0.0.1"]
