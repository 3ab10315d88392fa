"""Debian's Firefox, controlled with WebDriver BiDi.

Playwright only controls its own build of Firefox, but the tests need the one that people use.
Source: w3c.github.io/webdriver-bidi, read 2026-11.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.support.patience import PATIENCE_S, wait_until

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
READY = "WebDriver BiDi listening on "
QUIET: Mapping[str, Any] = {
    "remote.prefs.recommended": False,
    "app.update.disabledForTesting": True,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "browser.sessionstore.resume_from_crash": False,
    "browser.aboutwelcome.enabled": False,
    "dom.file.createInChild": True,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "extensions.update.enabled": False,
    "browser.safebrowsing.update.enabled": False,
}


CONTROL = """[...document.querySelectorAll("a, button")]
  .find((it) => it.checkVisibility() && it.textContent.trim() === %s)"""
"""The visible control with that text."""

STILL = """new Promise((done) => {
  const top = () => (%s).getBoundingClientRect().top;
  const before = top();
  setTimeout(() => done(top() === before), 100);
})"""
"""Whether nothing above the element makes room for itself."""


class Page:
    """The only open page. Taps and keys are those of a person: the page trusts their events."""

    def __init__(self, line: ClientConnection) -> None:
        self._line, self._calls = line, 0
        self._ask("session.new", capabilities={})
        self._context = self._ask("browsingContext.getTree")["contexts"][0]["context"]

    def goto(self, url: str) -> None:
        self._ask("browsingContext.navigate", context=self._context, url=url, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """The value of the expression, or of the promise that it returns; it must be JSON."""
        answer = self._ask(
            "script.evaluate",
            expression=f"Promise.resolve({expression}).then((it) => JSON.stringify(it))",
            target={"context": self._context},
            awaitPromise=True,
            userActivation=True,
        )
        assert answer["type"] == "success", answer
        return json.loads(answer["result"].get("value", "null"))

    def wait_for(self, expression: str) -> None:
        """Wait until the expression is true. Its errors count as false: the page may load."""
        tried = f"(async () => Boolean(await ({expression})))().catch(() => false)"
        wait_until(lambda: self.evaluate(tried))

    def tap(self, name: str) -> None:
        """Tap the visible control with that text."""
        self.tap_at(CONTROL % json.dumps(name))

    def tap_at(self, element: str) -> None:
        """Tap the element that the expression finds, once it is there."""
        self.wait_for(f"({element}) && !({element}).disabled")
        self.evaluate(f"void ({element}).scrollIntoView({{block: 'center', behavior: 'instant'}})")
        self.wait_for(STILL % element)
        move = {"type": "pointerMove", "x": 0, "y": 0, "origin": self._reference(element)}
        press = [{"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")]
        self._act({"type": "pointer", "id": "finger", "actions": [move, *press]})

    def type(self, text: str) -> None:
        """Type into the element that has the focus."""
        keys = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keyboard", "actions": keys})

    def choose_files(self, element: str, *files: Path) -> None:
        """Choose files for the input that the expression finds."""
        self._ask(
            "input.setFiles",
            context=self._context,
            element=self._reference(element)["element"],
            files=[str(file) for file in files],
        )

    def stand_at(self, latitude: float, longitude: float) -> None:
        """Let the phone know its location."""
        place = {"latitude": latitude, "longitude": longitude, "accuracy": 10}
        self._ask("emulation.setGeolocationOverride", contexts=[self._context], coordinates=place)

    def set_offline(self, is_offline: bool) -> None:
        """Take or give back the connection of the page."""
        self._ask(
            "emulation.setNetworkConditions",
            contexts=[self._context],
            networkConditions={"type": "offline"} if is_offline else None,
        )

    def run_first(self, function: str) -> None:
        """Run the function in each page before its own scripts."""
        self._ask("script.addPreloadScript", functionDeclaration=function)

    def _reference(self, element: str) -> dict[str, Any]:
        answer = self._ask(
            "script.evaluate",
            expression=element,
            target={"context": self._context},
            awaitPromise=False,
        )
        return {"type": "element", "element": {"sharedId": answer["result"]["sharedId"]}}

    def _act(self, source: Mapping[str, Any]) -> None:
        self._ask("input.performActions", context=self._context, actions=[source])

    def _ask(self, method: str, **parameters: Any) -> Any:
        self._calls += 1
        self._line.send(json.dumps({"id": self._calls, "method": method, "params": parameters}))
        while True:
            said = json.loads(self._line.recv(timeout=PATIENCE_S))
            if said.get("id") == self._calls:
                assert said["type"] == "success", said
                return said["result"]


@contextmanager
def firefox(folder: Path, preferences: Mapping[str, Any]) -> Iterator[Page]:
    """A Firefox with its profile in that folder, which another start finds again."""
    (folder / "user.js").write_text(_script({**QUIET, **preferences}), encoding="utf-8")
    assert FIREFOX
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                FIREFOX,
                "--headless",
                "--no-remote",
                "--remote-debugging-port=0",
                "--profile",
                folder,
            ],
            stdout=subprocess.DEVNULL,
            stderr=log,
            env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "MOZ_CRASHREPORTER_DISABLE": "1"},
        )
        try:
            # A busy browser does not answer a ping in time.
            address = f"{_address(folder / 'log')}/session"
            with connect(
                address, max_size=None, open_timeout=PATIENCE_S, ping_interval=None
            ) as line:
                yield Page(line)
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


def _script(preferences: Mapping[str, Any]) -> str:
    each = ((json.dumps(name), json.dumps(value)) for name, value in preferences.items())
    return "".join(f"user_pref({name}, {value});\n" for name, value in each)


def _address(log: Path) -> str:
    """Wait for the address on which the browser listens, which it logs."""

    def said() -> re.Match[str] | None:
        return re.search(rf"{READY}(\S+)\n", log.read_text(errors="replace"))

    wait_until(said)
    found = said()
    assert found
    return found[1]
