"""The client's module for push subscriptions, as a file that a test can import by itself."""

import subprocess

import boto3

from infra.local.stack import LocalStack
from tests.conftest import ROOT

SHARED = ROOT / "web" / "src" / "shared"
FILES = ("push.ts", "push-address.ts")
MODULE = f"/assets/tried/{FILES[0]}"
STRIP = """const { stripTypeScriptTypes } = require("node:module");
process.stdout.write(stripTypeScriptTypes(require("node:fs").readFileSync(0, "utf8")));"""


def publish_module(stack: LocalStack) -> None:
    """Publish the module at MODULE, with the modules that it imports."""
    for name in FILES:
        done = subprocess.run(
            ["node", "--no-warnings", "-e", STRIP],
            input=(SHARED / name).read_bytes(),
            capture_output=True,
            check=True,
        )
        boto3.client("s3").put_object(
            Bucket=stack.cloud.bucket,
            Key=f"assets/tried/{name}",
            Body=done.stdout,
            ContentType="text/javascript",
        )
