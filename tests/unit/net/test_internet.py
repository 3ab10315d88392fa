"""The internet as this machine reaches it, tried on servers of its own."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chalicelib.errors import AddressRefused, UpstreamFailed
from chalicelib.net.internet import Internet
from chalicelib.net.safe_http_client import SafeHttpClient
from tests.support.serving import Serve, run_server, send_answer


def outside(*origins: str) -> SafeHttpClient:
    return SafeHttpClient(Internet(), frozenset(origins))


def test_server_is_requested_when_its_origin_is_allowed() -> None:
    with run_server() as (port, _):
        origin = f"http://127.0.0.1:{port}"
        reply = outside(origin).post(f"{origin}/a", b"{}", {}, most_bytes=9, timeout_s=10)
    assert (reply.status, reply.body, reply.headers["content-length"]) == (200, b"hi", "2")


def test_server_of_this_machine_is_not_reached_by_default() -> None:
    with run_server() as (port, taken):
        for url in (f"http://127.0.0.1:{port}/", f"https://localhost:{port}/"):
            with pytest.raises(AddressRefused):
                outside().get(url, most_bytes=9, timeout_s=10)
    assert taken == []


def certificate(folder: Path, name: str) -> Path:
    """A certificate that is trusted only where it is an authority, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, private = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path = folder / "certificate.pem"
    path.write_bytes(
        made.public_bytes(pem) + key.private_bytes(pem, private, serialization.NoEncryption())
    )
    return path


def under_tls(path: Path) -> Serve:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)

    def serve(line: socket.socket) -> None:
        with context.wrap_socket(line, server_side=True) as secured:
            send_answer(secured)

    return serve


@pytest.mark.parametrize(
    ("host", "is_known", "is_reached"),
    [("localhost", True, True), ("localhost", False, False), ("127.0.0.1", True, False)],
)
def test_host_is_trusted_only_with_a_valid_certificate(
    host: str,
    is_known: bool,
    is_reached: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = certificate(tmp_path, "localhost")
    if is_known:
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with run_server(under_tls(path)) as (port, _):
        origin = f"https://{host}:{port}"
        here = outside(origin)
        if is_reached:
            assert here.get(origin, most_bytes=9, timeout_s=10).body == b"hi"
        else:
            with pytest.raises(UpstreamFailed):
                here.get(origin, most_bytes=9, timeout_s=10)


def test_look_up_of_a_name_has_a_time_limit() -> None:
    end = Event()

    def slow(_: str) -> list[str]:
        end.wait()
        return []

    with pytest.raises(TimeoutError):
        Internet(slow).look_up("photos.example.org", 0.01)
    end.set()


def test_unknown_name_has_no_address() -> None:
    with pytest.raises(OSError, match=r"\w"):
        Internet().look_up("no-such-name.invalid", 10)
    assert "127.0.0.1" in Internet().look_up("localhost", 10)
