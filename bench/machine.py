"""Describes the machine of the measurements."""

import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.process import cpu_ms_of_fresh
from bench.static import REQUESTS, compare_servers, serving_folder

KILOBYTE = b"x" * 1024


@dataclass(frozen=True)
class Machine:
    """Its calibration: figures of other machines are compared through these."""

    cpu: str
    cores: int
    python: str
    empty_python_cpu_ms: float
    http_server_requests_a_second: float
    http_server_cpu_ms_a_request: float

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def as_text(self) -> str:
        return (
            f"{self.cpu}, {self.cores} cores, Python {self.python}; `python -c pass` takes "
            f"{self.empty_python_cpu_ms:.0f} ms of CPU, Python's http.server answers "
            f"{self.http_server_requests_a_second:,.0f} requests a second to one client, "
            f"{self.http_server_cpu_ms_a_request:.2f} ms of its CPU each"
        )


def calibrate(requests: int = REQUESTS) -> Machine:
    with TemporaryDirectory() as folder:
        (Path(folder) / "file").write_bytes(KILOBYTE)
        with serving_folder(Path(folder)) as server:
            (cost,) = compare_servers([(server, ["/file"])], requests)
    return Machine(
        cpu=_cpu(),
        cores=os.cpu_count() or 1,
        python=platform.python_version(),
        empty_python_cpu_ms=cpu_ms_of_fresh(["-c", "pass"], {}),
        http_server_requests_a_second=cost.requests_a_second,
        http_server_cpu_ms_a_request=cost.cpu_ms,
    )


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "a CPU without a name"
