"""That the engines of the contract tests are what they are called."""

import boto3

from chalicelib.reports.dynamo.repository import DynamoRepository
from tests.engines import Dynalite
from tests.support.builders import report


def test_repository_stores_in_dynalite_when_that_is_its_engine(dynalite: Dynalite) -> None:
    name = dynalite.new_table()
    DynamoRepository(name).create(report())
    client = boto3.client("dynamodb", endpoint_url=dynalite.url)
    assert client.scan(TableName=name)["Count"] == 1


def test_table_has_the_indexes_of_the_template_when_it_is_dynalites(dynalite: Dynalite) -> None:
    client = boto3.client("dynamodb", endpoint_url=dynalite.url)
    table = client.describe_table(TableName=dynalite.new_table())["Table"]
    names = {index["IndexName"] for index in table["GlobalSecondaryIndexes"]}
    assert {"by-tile", "by-attention"} <= names
