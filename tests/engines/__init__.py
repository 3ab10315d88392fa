"""dynalite: another implementation of DynamoDB beside moto's, which evaluates conditions fully."""

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from uuid import uuid4

import boto3

from infra.resources import template
from tests.support.patience import wait_until

PROGRAM = Path(__file__).parent / "node_modules" / "dynalite" / "cli.js"
LEFT_OUT = (
    "SSESpecification",
    "PointInTimeRecoverySpecification",
    "DeletionProtectionEnabled",
    "StreamSpecification",
    "TimeToLiveSpecification",
)
"""Properties of the template's table that only CloudFormation has, or dynalite does not know."""


class Dynalite:
    """dynalite in its own process, on a free port. Its tables are in memory."""

    def __init__(self) -> None:
        node = shutil.which("node")
        assert node and PROGRAM.exists(), "dynalite is not installed: run `make test`."
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        quick = ["--createTableMs", "0", "--deleteTableMs", "0", "--updateTableMs", "0"]
        self._process = subprocess.Popen(
            [node, str(PROGRAM), "--port", str(port), "--host", "127.0.0.1", *quick],
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._wait()

    def stop(self) -> None:
        """Stop the process and its children: the virtual environment's `node` is a wrapper."""
        os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait()

    def new_table(self, of: str = "ReportsTable") -> str:
        """Create a table of the template with all its indexes and a new name. Returns the name."""
        properties = dict(template()["Resources"][of]["Properties"])
        for name in LEFT_OUT:
            properties.pop(name, None)
        name = f"{of}-{uuid4()}"
        client = boto3.client("dynamodb", endpoint_url=self.url)
        client.create_table(TableName=name, **properties)
        wait_until(
            lambda: client.describe_table(TableName=name)["Table"]["TableStatus"] == "ACTIVE",
            lambda: time.sleep(0.01),
        )
        return name

    def environment(self) -> dict[str, str]:
        """The environment variables with which the AWS SDK uses dynalite as DynamoDB."""
        return {
            "AWS_ENDPOINT_URL_DYNAMODB": self.url,
            "AWS_DEFAULT_REGION": "eu-west-2",
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
        }

    def _wait(self) -> None:
        def answers() -> bool:
            assert self._process.poll() is None, "dynalite did not start."
            try:
                urllib.request.urlopen(self.url).close()
            except urllib.error.HTTPError:
                return True
            except OSError:
                return False
            return True

        wait_until(answers)
