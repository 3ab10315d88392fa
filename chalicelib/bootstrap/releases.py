"""Builds what the check of a release needs."""

from typing import TYPE_CHECKING

from chalicelib.bootstrap import container

if TYPE_CHECKING:
    from chalicelib.aws.releases import Deployments, FunctionVersion


@container.once
def checked_version() -> "FunctionVersion":
    """The new version of the API."""
    from chalicelib.aws.releases import LONGER_THAN_THE_API, FunctionVersion

    client = container.client("lambda", config=LONGER_THAN_THE_API)
    return FunctionVersion(client, container.settings().checked_version)


@container.once
def deployments() -> "Deployments":
    from chalicelib.aws.releases import Deployments

    return Deployments(container.client("codedeploy"))
