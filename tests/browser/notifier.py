"""A fake desktop notification service, which programs call over D-Bus.

Source: specifications.freedesktop.org/notification-spec, version 1.2.
"""

import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from queue import Queue

from jeepney import DBusAddress, Message, MessageType, message_bus, new_method_return, new_signal
from jeepney.io.threading import DBusConnection, open_dbus_connection

BUS = shutil.which("dbus-daemon")
NAME = "org.freedesktop.Notifications"
SCREEN = DBusAddress("/org/freedesktop/Notifications", interface=NAME)


@dataclass(frozen=True)
class ShownNotification:
    """A notification that a program has shown."""

    number: int
    title: str
    body: str


class Notifier:
    """The service; `shown` are the notifications in the order of their calls."""

    def __init__(self, bus: DBusConnection) -> None:
        self.shown: Queue[ShownNotification] = Queue()
        self._bus, self._numbers = bus, count(1)

    def click(self, shown: ShownNotification) -> None:
        """Click on a notification."""
        self._bus.send(new_signal(SCREEN, "ActionInvoked", "us", (shown.number, "default")))

    def serve(self) -> None:
        """Answer calls until the connection is closed."""
        with suppress(Exception):
            while True:
                asked = self._bus.receive()
                if asked.header.message_type == MessageType.method_call:
                    self._bus.send(self._answer(asked))

    def _answer(self, asked: Message) -> Message:
        from jeepney import HeaderFields

        match asked.header.fields[HeaderFields.member]:
            case "Notify":
                _, replaces, _, title, body, *_ = asked.body
                number = replaces or next(self._numbers)
                self.shown.put(ShownNotification(number, title, body))
                return new_method_return(asked, "u", (number,))
            case "GetCapabilities":
                return new_method_return(asked, "as", (["actions", "body"],))
            case "GetServerInformation":
                return new_method_return(asked, "ssss", ("tests", "tests", "1", "1.2"))
            case _:
                return new_method_return(asked)


@contextmanager
def notifier() -> Iterator[tuple[Notifier, Mapping[str, str]]]:
    """Run the service. Gives it and the environment in which programs find it."""
    assert BUS
    command = [BUS, "--session", "--nofork", "--print-address"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        address = process.stdout.readline().strip()
        bus = open_dbus_connection(address)
        try:
            bus.send(message_bus.RequestName(NAME))
            screen = Notifier(bus)
            threading.Thread(target=screen.serve, daemon=True).start()
            yield screen, {"DBUS_SESSION_BUS_ADDRESS": address}
        finally:
            bus.close()
            process.terminate()
