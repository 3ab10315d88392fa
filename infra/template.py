"""Builds the deployed template: our fragments, merged into Chalice's template of app.py."""

import json
import os
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

from chalice.cli.factory import CLIFactory
from chalice.config import Config
from chalice.deploy.appgraph import ApplicationGraphBuilder, DependencyBuilder
from chalice.deploy.deployer import (
    BaseDeployStep,
    BuildStage,
    InjectDefaults,
    PolicyGenerator,
    SwaggerBuilder,
)
from chalice.deploy.models import DeploymentPackage, Model
from chalice.deploy.swagger import CFNSwaggerGenerator
from chalice.package import ResourceBuilder, SAMTemplateGenerator, TemplateDeepMerger
from chalice.policy import AppPolicyGenerator
from chalice.utils import OSUtils

from chalicelib.catalogue.load import COUNCILS
from infra import alarms, dashboard, missing_page
from infra.adopted_tables import with_adopted_tables
from infra.environments import variables
from infra.log_groups import log_accesses, share_log_groups
from infra.runtime import RUNTIME
from infra.schedules import use_scheduler

ROOT = Path(__file__).resolve().parents[1]
FRAGMENTS = ("resources.json", "functions.json", "cdn.json", "backup.json", "analytics.json")
STAGE = "prod"
REGION = "eu-west-2"
"""Chalice needs a region for AWS's service names; the template works in every one."""

API_ALIAS = {"Ref": "APIHandlerAliaslive"}
"""SAM makes that resource of the function's AutoPublishAlias."""


def merged_fragments() -> dict[str, Any]:
    """Our merged fragments: tables, queues and buckets, the functions' settings, alarms, and the
    CDN with the "not found" page of each council, and what analysts query."""
    read = (
        json.loads((Path(__file__).parent / name).read_text(encoding="utf-8")) for name in FRAGMENTS
    )
    merged: dict[str, Any] = reduce(
        lambda merged, each: TemplateDeepMerger().merge(each, merged), read
    )
    merged["Resources"] |= alarms.alarms(merged["Resources"]) | dashboard.dashboard()
    known = sorted(document.stem for document in COUNCILS.glob("*.json"))
    merged["Parameters"]["Council"]["AllowedValues"] = known
    merged["Mappings"] = {"MissingPages": missing_page.missing_page_mapping()}
    return merged


def merged_template() -> dict[str, Any]:
    """The merged template, whose functions run code of `./deployment.zip`."""
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    factory = CLIFactory(str(ROOT))
    config = factory.create_config_obj(STAGE)
    builder = ResourceBuilder(ApplicationGraphBuilder(), DependencyBuilder(), _stages())
    generator = SAMTemplateGenerator(config, factory.create_package_options())
    chalices = generator.generate(builder.construct_resources(config, STAGE))
    merged: dict[str, Any] = TemplateDeepMerger().merge(merged_fragments(), chalices)
    _call_the_alias(merged["Resources"])
    _name_the_api(merged["Resources"])
    use_scheduler(merged["Resources"])
    share_log_groups(merged["Resources"])
    log_accesses(merged["Resources"])
    for function in functions(merged):
        # Chalice names the Python that it runs on itself.
        function["Runtime"] = RUNTIME
        role = merged["Resources"][function["Role"]["Fn::GetAtt"][0]]["Properties"]
        own = function.setdefault("Environment", {"Variables": {}})
        own["Variables"] |= variables(role["Policies"][0]["PolicyDocument"])
    return merged


def deployed_template() -> dict[str, Any]:
    """The merged template as it is deployed: a parameter puts a restored table in the place of each
    of its own."""
    return with_adopted_tables(merged_template())


def _call_the_alias(resources: dict[str, Any]) -> None:
    """Lets API Gateway call the API's alias, which moves from one version to the next in steps.
    Chalice lets it call the function's newest code."""
    resources["APIHandlerInvokePermission"]["Properties"]["FunctionName"] = API_ALIAS
    body = json.dumps(resources["RestAPI"]["Properties"]["DefinitionBody"])
    body = body.replace("${APIHandler.Arn}", f"${{{API_ALIAS['Ref']}}}")
    resources["RestAPI"]["Properties"]["DefinitionBody"] = json.loads(body)


def _name_the_api(resources: dict[str, Any]) -> None:
    """Names the API after the stack: all APIs of one name in an account share their metrics."""
    resources["RestAPI"]["Properties"]["DefinitionBody"]["info"]["title"] = {
        "Ref": "AWS::StackName"
    }


def functions(template: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The properties of each function."""
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            yield resource["Properties"]


def _stages() -> BuildStage:
    files = OSUtils()
    return BuildStage(
        [
            InjectDefaults(),
            _NoZip(),
            PolicyGenerator(policy_gen=AppPolicyGenerator(osutils=files), osutils=files),
            SwaggerBuilder(swagger_generator=CFNSwaggerGenerator()),
        ]
    )


class _NoZip(BaseDeployStep):
    """Replaces the step of `chalice package` that collects the code, which takes minutes."""

    def handle(self, config: Config, resource: Model) -> None:
        if isinstance(resource, DeploymentPackage):
            resource.filename = "./deployment.zip"
