"""The client's own module for subscribing, as a file that a test can ask for by itself."""

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
    """Puts it, and what it imports, at MODULE."""
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
