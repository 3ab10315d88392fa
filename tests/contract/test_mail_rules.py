"""Several stacks in one account receive their mail, although SES has one active set of rules."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from infra.template import merged_template
from tests.conftest import ROOT
from tests.support.intrinsics import ACCOUNT, REGION, DeployedTemplate

SHARED = "councils-mail"


@pytest.fixture
def ses() -> Iterator[Any]:
    with mock_aws():
        yield boto3.client("ses", region_name=REGION)


def deploy(ses: Any, stack: str, **parameters: str) -> DeployedTemplate:
    """Makes the stack's rules as CloudFormation does."""
    made = DeployedTemplate(
        merged_template(), stack, {"MailDomain": f"mail.{stack}.example", **parameters}
    )
    made.named["MailBucket"] = made.value(
        made.template["Resources"]["MailBucket"]["Properties"]["BucketName"]
    )
    made.named["MailBucket.Arn"] = f"arn:aws:s3:::{made.named['MailBucket']}"
    if made.has("MailRules"):
        made.named["MailRules"] = made.properties("MailRules")["RuleSetName"]
        ses.create_receipt_rule_set(RuleSetName=made.named["MailRules"])
    if made.has("MailRule"):
        own = made.properties("MailRule")
        rule = own["Rule"] | {"Name": f"{stack}-rule"}
        # SES tries whether it may write into the bucket.
        boto3.client("s3", region_name=REGION).create_bucket(
            Bucket=made.named["MailBucket"],
            CreateBucketConfiguration={"LocationConstraint": "eu-west-2"},
        )
        ses.create_receipt_rule(RuleSetName=own["RuleSetName"], Rule=rule)
    return made


def receives(ses: Any, stack: DeployedTemplate) -> bool:
    """Whether mail to the stack's domain gets into its bucket: by a rule of the active set, which
    the bucket's policy admits."""
    active = ses.describe_active_receipt_rule_set()
    (statement,) = stack.properties("MailBucketPolicy")["PolicyDocument"]["Statement"]
    admitted = statement["Condition"]["ArnLike"]["aws:SourceArn"]
    return any(
        stack.named["MailDomain"] in rule["Recipients"]
        and rule["Actions"][0]["S3Action"]["BucketName"] == stack.named["MailBucket"]
        and fnmatchcase(
            f"arn:aws:ses:{REGION}:{ACCOUNT}:receipt-rule-set/{active['Metadata']['Name']}"
            f":receipt-rule/{rule['Name']}",
            admitted,
        )
        for rule in active["Rules"]
    )


def test_stack_has_rules_of_its_own_unless_it_shares_a_set(ses: Any) -> None:
    york = deploy(ses, "york")
    ses.set_active_receipt_rule_set(RuleSetName="york-mail")
    assert receives(ses, york)


def test_stacks_that_share_a_set_all_receive_their_mail(ses: Any) -> None:
    ses.create_receipt_rule_set(RuleSetName=SHARED)
    ses.set_active_receipt_rule_set(RuleSetName=SHARED)
    stacks = [deploy(ses, name, MailRuleSet=SHARED) for name in ("york", "leeds", "bath")]
    assert [receives(ses, each) for each in stacks] == [True] * 3
    assert not any(each.has("MailRules") for each in stacks)


def test_second_stack_joins_the_set_of_the_first_one(ses: Any) -> None:
    york = deploy(ses, "york")
    ses.set_active_receipt_rule_set(RuleSetName="york-mail")
    leeds = deploy(ses, "leeds", MailRuleSet="york-mail")
    assert receives(ses, york) and receives(ses, leeds)


def test_stack_receives_nothing_once_the_rules_of_another_one_are_active(ses: Any) -> None:
    """What happens to stacks that share no set, and that `receives` finds it."""
    york, leeds = deploy(ses, "york"), deploy(ses, "leeds")
    ses.set_active_receipt_rule_set(RuleSetName="leeds-mail")
    assert receives(ses, leeds) and not receives(ses, york)


def test_stack_without_mail_has_no_rules(ses: Any) -> None:
    for shared in ("", SHARED):
        stack = deploy(ses, "york", MailDomain="", MailRuleSet=shared)
        assert not stack.has("MailRules") and not stack.has("MailRule")


def test_set_of_rules_has_to_exist_before_a_stack_joins_it(ses: Any) -> None:
    with pytest.raises(ClientError, match="RuleSetDoesNotExist"):
        deploy(ses, "york", MailRuleSet=SHARED)


def test_guide_makes_the_shared_set_before_the_stacks() -> None:
    guide = (ROOT / "docs" / "DEPLOY.md").read_text(encoding="utf-8")
    steps = (f"create-receipt-rule-set --rule-set-name {SHARED}", f"MailRuleSet={SHARED}")
    made, joined = (guide.index(each) for each in steps)
    assert made < joined
