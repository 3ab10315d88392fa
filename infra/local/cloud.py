"""AWS with Ginnel's resources in this process, and the settings that name them."""

import os
from collections.abc import Callable, Mapping

from msgspec.structs import fields

from chalicelib.bootstrap import container
from chalicelib.settings import Settings
from infra.local import aws, mail, texts
from infra.local.pump import Pump
from infra.local.request_signatures import ENDPOINT
from infra.local.schedules import Handler, handler_named
from infra.local.secrets import random_values
from infra.resources import SETTINGS, SOURCES

DEMO = "demo"


class Cloud:
    """moto with the template's resources; from here to `stop()` the process works on them.

    One at a time: moto's stores and the settings belong to the whole process. Secrets are random
    unless their values are given. `behind_cdn`: the API answers only requests with the CDN's
    secret. `outside_allowed`: origins that may be requested although they are not public, separated
    by commas. `payments_url`: the payment provider's address. `alerts_wait_s`: how long alerts wait
    for further changes. `handler_of` finds the handler of a dotted name.
    """

    _running = False

    def __init__(
        self,
        *,
        council: str = DEMO,
        site_url: str = "http://127.0.0.1:8000",
        secrets: Mapping[str, str] | None = None,
        behind_cdn: bool = False,
        outside_allowed: str = "",
        payments_url: str = "",
        alerts_wait_s: int = 0,
        handler_of: Callable[[str], Handler] = handler_named,
    ) -> None:
        import app

        outputs = self._create_resources(secrets or random_values())
        self.bucket = outputs["PublishedBucket"]
        self.environment = _settings(outputs, site_url) | {
            "COUNCIL": council,
            "OUTSIDE_ALLOWED": outside_allowed,
            "PAYMENTS_URL": payments_url,
            "ALERTS_WAIT_S": str(alerts_wait_s),
        }
        if not behind_cdn:
            del self.environment["ORIGIN_SECRET_ARN"]
        self._set_environment()
        self._settings = container.settings()
        self._app = app.app
        self._arns = {source: outputs[name] for source, name in SOURCES.items()}
        self.pump = Pump(self._app, self._arns, handler_of=handler_of)

    def _create_resources(self, secrets: Mapping[str, str]) -> Mapping[str, str]:
        """The outputs of the template's stack in a new moto. Raises RuntimeError if one runs."""
        if Cloud._running:
            raise RuntimeError("A cloud is running in this process: stop it before the next one.")
        Cloud._running = True
        self._environment_before = dict(os.environ)
        self._mock = aws.start_moto()
        mail.allow_domain()
        texts.start_recording()
        return aws.create_resources(secrets)

    def _set_environment(self) -> None:
        """Gives this process the settings, in place of those of a deployment that a shell has."""
        for field in fields(Settings):
            os.environ.pop(field.name.upper(), None)
        os.environ.update(self.environment)
        container.forget_built()

    def begin_anew(self) -> None:
        """Drops everything that this process built and read of the resources, which were emptied.
        Clients, the council and secrets stay while the settings are the same."""
        os.environ.update(self.environment)
        if container.settings() is self._settings:
            container.forget_read_documents()
        else:
            container.forget_built()
            self._settings = container.settings()
        self.pump.begin_anew()

    def stop(self) -> None:
        """Ends moto and puts the process's environment back."""
        self.pump.stop()
        self._mock.stop()
        os.environ.clear()
        os.environ.update(self._environment_before)
        container.forget_built()
        Cloud._running = False


def _settings(outputs: Mapping[str, str], site_url: str) -> dict[str, str]:
    """The settings that name the resources and what stands in for mail and texts."""
    return {name: outputs[output] for name, output in SETTINGS.items()} | {
        "SITE_URL": site_url,
        "UPLOADS_ENDPOINT": f"{site_url}{ENDPOINT}",
        "MAIL_DOMAIN": mail.DOMAIN,
        "MAIL_RECEIPTS": mail.RECEIPTS,
        "TEXTS_FROM": texts.SENDER,
    }
