"""AWS with Ginnel's resources in this process, and the settings that name them."""

import os
import secrets

from chalicelib import bootstrap
from infra.local import aws
from infra.local.pump import Pump
from infra.local.signed import ENDPOINT
from infra.resources import SETTINGS, SOURCES

DEMO = "demo"


class Cloud:
    """moto with the template's resources; from here to `stop()` the process works on them.

    One at a time: moto's stores and the settings belong to the whole process.
    """

    _running = False

    def __init__(self, *, council: str = DEMO, site_url: str = "http://127.0.0.1:8000") -> None:
        import app

        if Cloud._running:
            raise RuntimeError("A cloud is running in this process: stop it before the next one.")
        Cloud._running = True
        self._environment_before = dict(os.environ)
        self._mock = aws.start_moto()
        outputs = aws.create_resources()
        self.bucket = outputs["PublishedBucket"]
        self.environment = {name: outputs[output] for name, output in SETTINGS.items()} | {
            "COUNCIL": council,
            "SITE_URL": site_url,
            "UPLOADS_ENDPOINT": f"{site_url}{ENDPOINT}",
            "ID_SECRET": secrets.token_hex(32),
            "LINK_SECRET": secrets.token_hex(32),
            "TOKEN_SECRET": secrets.token_hex(32),
        }
        os.environ.update(self.environment)
        bootstrap.forget()
        self.pump = Pump(app.app, {source: outputs[name] for source, name in SOURCES.items()})

    def stop(self) -> None:
        """Ends moto and puts the process's environment back."""
        self.pump.stop()
        self._mock.stop()
        os.environ.clear()
        os.environ.update(self._environment_before)
        bootstrap.forget()
        Cloud._running = False
