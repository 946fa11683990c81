"""Links: only listed hosts, only public addresses, only the address that was checked, and only for so long."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import trustme

from hostile import pictures
from wentu.core.config import IntakeSettings
from wentu.core.errors import BadInput, BlockedLink, ImageTooLarge, LinkFailed
from wentu.intake import Intake
from wentu.intake.addresses import is_public_address, resolve_host
from wentu.intake.links import Links, Target, is_listed, parse_link

HOST, OTHER, UNLISTED = "pictures.example", "other.example", "evil.example"
PNG = pictures.plain(64, 48)
Handle = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Server:
    """A local https server with certificates for HOST and OTHER; notes the Host header and SNI of each request."""

    port: int
    ca: trustme.CA
    pages: dict[str, Handle] = field(default_factory=dict)
    hosts: list[str] = field(default_factory=list)
    server_names: list[str | None] = field(default_factory=list)

    def url(self, path: str, host: str = HOST) -> str:
        return f"https://{host}:{self.port}{path}"


def serve(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def redirect(to: str) -> Handle:
    return lambda handler: serve(handler, b"", 302, Location=to)


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    ca = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(HOST, OTHER).configure_cert(context)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.hosts.append(self.headers["Host"])
            server.pages[self.path](self)

        def log_message(self, *args: object) -> None: ...

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: object) -> None: ...  # clients that hang up are what is tested here

    with Quiet(("127.0.0.1", 0), Handler) as http:
        server = Server(http.server_port, ca)
        context.sni_callback = lambda sock, name, ctx: server.server_names.append(name)
        http.socket = context.wrap_socket(http.socket, server_side=True)
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        http.shutdown()
        thread.join()


@pytest.fixture
def server(running: Server) -> Server:
    running.pages.clear()
    running.hosts.clear()
    running.server_names.clear()
    return running


@pytest.fixture
def tls(running: Server) -> ssl.SSLContext:
    context = ssl.create_default_context()
    running.ca.configure_trust(context)
    return context


def settings_for(server: Server, **more: object) -> IntakeSettings:
    hosts = (f"{HOST}:{server.port}", f"{OTHER}:{server.port}")
    return IntakeSettings(**{"allow_links": True, "link_hosts": hosts, "link_timeout_s": 5.0, **more})


class Names:
    """A resolver that answers from a table and counts how often it was asked."""

    def __init__(self, **table: Sequence[str]) -> None:
        self.table = {name.replace("_", "."): addresses for name, addresses in table.items()}
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return self.table.get(host, ["127.0.0.1"])


def local_links(server: Server, tls: ssl.SSLContext, names: Names | None = None, **more: object) -> Links:
    """Links that take loopback for a public address, everything else as it is."""
    return Links(
        settings_for(server, **more),
        resolve=names or Names(),
        is_public=lambda address: address == "127.0.0.1" or is_public_address(address),
        tls=tls,
    )


def refused(links: Links, url: str) -> BadInput:
    with pytest.raises(BadInput) as caught:
        links.fetch(url)
    return caught.value


def test_a_listed_link_comes_in_like_any_other_picture(server: Server, tls: ssl.SSLContext) -> None:
    server.pages["/a.png"] = lambda handler: serve(handler, PNG)
    settings = settings_for(server)
    with Intake(settings, dict[str, bytes]().__getitem__, links=local_links(server, tls)) as intake:
        taken = intake.take_link(server.url("/a.png"))
        assert taken.digest == intake.take(PNG).digest


def test_the_connection_goes_to_the_checked_address_under_the_host_s_own_name(
    server: Server, tls: ssl.SSLContext
) -> None:
    server.pages["/a.png?size=1"] = lambda handler: serve(handler, PNG)
    names = Names()
    assert local_links(server, tls, names).fetch(server.url("/a.png?size=1")) == PNG
    assert names.asked == [HOST]  # asked once: a second answer could be another address
    assert server.hosts == [f"{HOST}:{server.port}"]
    assert server.server_names == [HOST]


def test_a_second_address_is_tried_when_the_first_does_not_answer(server: Server, tls: ssl.SSLContext) -> None:
    server.pages["/a.png"] = lambda handler: serve(handler, PNG)
    links = Links(
        settings_for(server),
        resolve=Names(**{HOST.replace(".", "_"): ["127.0.0.9", "127.0.0.1"]}),
        is_public=lambda address: True,
        tls=tls,
    )
    assert links.fetch(server.url("/a.png")) == PNG


def test_a_certificate_of_another_authority_is_refused(server: Server) -> None:
    links = Links(settings_for(server), resolve=Names(), is_public=lambda address: True)
    assert refused(links, server.url("/a.png")).params["rule"] == "link_failed"
    assert server.hosts == []


def test_a_certificate_for_another_name_is_refused(server: Server, tls: ssl.SSLContext) -> None:
    links = local_links(server, tls, link_hosts=(f"{UNLISTED}:{server.port}",))
    assert refused(links, server.url("/a.png", UNLISTED)).params["rule"] == "link_failed"
    assert server.hosts == []


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.1.2.3"],
        ["169.254.169.254"],
        ["::1"],
        ["::ffff:93.184.215.14"],
        ["64:ff9b::a9fe:a9fe"],
        ["93.184.215.14", "192.168.0.1"],
        ["not an address"],
    ],
)
def test_a_host_with_any_address_that_is_not_public_is_refused(server: Server, addresses: list[str]) -> None:
    links = Links(settings_for(server), resolve=Names(**{HOST.replace(".", "_"): addresses}))
    error = refused(links, server.url("/a.png"))
    assert isinstance(error, BlockedLink) and error.params["rule"] == "link_address"
    assert server.hosts == []


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/a.png", "https://pictures.example/a.png", "https://sub.pictures.example/", "https://2130706433/",
     "https://0x7f.1/", "https://[::1]/", "https://127.0.0.1/"],
)  # fmt: skip
def test_hosts_and_ports_that_are_not_listed_are_refused_unresolved(
    server: Server, tls: ssl.SSLContext, url: str
) -> None:
    names = Names()
    assert refused(local_links(server, tls, names), url).params["rule"] == "link_host"
    assert names.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "http://pictures.example/a.png",
        "ftp://pictures.example/a.png",
        "file:///etc/passwd",
        "https://user:pass@pictures.example/",
        "https://pictures.example@evil.example/",
        "https://evil.example\\@pictures.example/",
        "https://pictures.example/\r\nHost: evil.example",
        "https://pictures.example /",
        "https://pictures。example/",
        "https://",
        "https:///a.png",
        "https://pictures.example:99999/",
        "https://pictures.example:x/",
        "https://-pictures.example/",
        "https://[::1/",
        "//pictures.example/a.png",
        "https://pictures.example/" + "a" * 5_000,
        "",
    ],
)
def test_only_plain_https_links_are_followed(server: Server, tls: ssl.SSLContext, url: str) -> None:
    assert refused(local_links(server, tls), url).params["rule"] == "link_url"


def test_a_redirect_to_a_listed_host_is_followed_and_checked_anew(server: Server, tls: ssl.SSLContext) -> None:
    server.pages["/a"] = redirect(server.url("/b.png", OTHER))
    server.pages["/b.png"] = lambda handler: serve(handler, PNG)
    names = Names()
    assert local_links(server, tls, names).fetch(server.url("/a")) == PNG
    assert names.asked == [HOST, OTHER]
    assert server.server_names == [HOST, OTHER]


def test_a_redirect_may_be_relative(server: Server, tls: ssl.SSLContext) -> None:
    server.pages["/x/a"] = redirect("../b.png")
    server.pages["/b.png"] = lambda handler: serve(handler, PNG)
    assert local_links(server, tls).fetch(server.url("/x/a")) == PNG


@pytest.mark.parametrize(
    ("to", "rule"),
    [
        ("http://169.254.169.254/latest/meta-data/", "link_url"),
        (f"http://{HOST}/a.png", "link_url"),
        (f"https://{UNLISTED}/a.png", "link_host"),
        ("https://127.0.0.1/a.png", "link_host"),
        ("file:///etc/passwd", "link_url"),
    ],
)
def test_a_redirect_leads_nowhere_that_a_link_may_not_lead(
    server: Server, tls: ssl.SSLContext, to: str, rule: str
) -> None:
    server.pages["/a"] = redirect(to)
    assert refused(local_links(server, tls), server.url("/a")).params["rule"] == rule


def test_a_redirect_to_a_listed_host_with_a_private_address_is_refused(server: Server, tls: ssl.SSLContext) -> None:
    server.pages["/a"] = redirect(server.url("/b", OTHER))
    links = local_links(server, tls, Names(**{OTHER.replace(".", "_"): ["10.0.0.1"]}))
    assert refused(links, server.url("/a")).params["rule"] == "link_address"


def test_a_name_that_changes_its_address_between_two_redirects_is_refused(server: Server, tls: ssl.SSLContext) -> None:
    server.pages["/a"] = redirect("/b")
    answers = iter([["127.0.0.1"], ["192.168.1.1"]])
    links = Links(
        settings_for(server), resolve=lambda host, port: next(answers), is_public=lambda a: a == "127.0.0.1", tls=tls
    )
    assert refused(links, server.url("/a")).params["rule"] == "link_address"
    assert len(server.hosts) == 1


def test_three_redirects_are_followed_and_a_fourth_is_not(server: Server, tls: ssl.SSLContext) -> None:
    for i in range(4):
        server.pages[f"/{i}"] = redirect(f"/{i + 1}")
    server.pages["/4"] = lambda handler: serve(handler, PNG)
    assert local_links(server, tls).fetch(server.url("/1")) == PNG
    assert refused(local_links(server, tls), server.url("/0")).params == {
        "rule": "link_redirects",
        "max_redirects": "3",
    }


def test_a_body_that_says_it_is_too_large_is_not_read(server: Server, tls: ssl.SSLContext) -> None:
    server.pages["/a"] = lambda handler: serve(handler, b"", **{"Content-Length": "99999999"})
    error = refused(local_links(server, tls, max_bytes=5_000), server.url("/a"))
    assert isinstance(error, ImageTooLarge) and error.params["rule"] == "max_bytes"


def test_a_body_that_does_not_say_how_large_it_is_is_counted(server: Server, tls: ssl.SSLContext) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(10_000):
            handler.wfile.write(bytes(1_000))

    server.pages["/a"] = endless
    assert refused(local_links(server, tls, max_bytes=5_000), server.url("/a")).params["rule"] == "max_bytes"


def test_packed_answers_are_not_unpacked(server: Server, tls: ssl.SSLContext) -> None:
    server.pages["/a"] = lambda handler: serve(handler, b"\x1f\x8b bomb", **{"Content-Encoding": "gzip"})
    assert local_links(server, tls).fetch(server.url("/a")) == b"\x1f\x8b bomb"


@pytest.mark.parametrize("status", [401, 404, 500, 204])
def test_an_error_status_is_named(server: Server, tls: ssl.SSLContext, status: int) -> None:
    server.pages["/a"] = lambda handler: serve(handler, b"private words of the server", status)
    error = refused(local_links(server, tls), server.url("/a"))
    assert isinstance(error, LinkFailed)
    assert error.params == {"rule": "link_status", "status": str(status)}


@pytest.mark.parametrize("part", ["headers", "body"])
def test_a_server_that_drips_gains_no_time(server: Server, tls: ssl.SSLContext, part: str) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        start = b"HTTP/1.1 200 OK\r\n" + (b"Content-Length: 1000\r\n\r\n" if part == "body" else b"X-Slow: ")
        handler.wfile.write(start)
        for _ in range(100):
            handler.wfile.write(b"a")
            time.sleep(0.1)

    server.pages["/a"] = drip
    started = time.monotonic()
    error = refused(local_links(server, tls, link_timeout_s=0.6), server.url("/a"))
    assert error.params == {"rule": "link_timeout", "timeout_s": "0.6"}
    assert time.monotonic() - started < 2


def test_a_slow_name_server_gains_no_time(server: Server, tls: ssl.SSLContext) -> None:
    links = Links(settings_for(server, link_timeout_s=0.3), resolve=lambda host, port: time.sleep(1) or [], tls=tls)
    started = time.monotonic()
    assert refused(links, server.url("/a")).params["rule"] == "link_timeout"
    assert time.monotonic() - started < 0.9


def test_a_host_that_is_not_known_or_does_not_answer_is_a_failed_link(tls: ssl.SSLContext) -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound, not listening: connections are refused
        settings = IntakeSettings(allow_links=True, link_hosts=(f"{HOST}:{closed.getsockname()[1]}",))
        url = f"https://{settings.link_hosts[0]}/"
        for resolve in (unknown, Names()):
            error = refused(Links(settings, resolve=resolve, is_public=lambda a: True, tls=tls), url)
            assert isinstance(error, LinkFailed) and error.params["rule"] == "link_failed"
            assert "Name or service" not in error.message


@pytest.mark.parametrize(
    ("text", "public"),
    [
        ("93.184.215.14", True),
        ("2606:4700::1111", True),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("100.64.0.1", False),
        ("100.100.100.200", False),
        ("127.8.9.1", False),
        ("168.63.129.16", False),
        ("169.254.169.254", False),
        ("172.31.255.255", False),
        ("192.0.0.192", False),
        ("192.0.2.1", False),
        ("192.88.99.1", False),
        ("192.168.1.1", False),
        ("198.18.0.1", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("::93.184.215.14", False),
        ("::ffff:93.184.215.14", False),
        ("64:ff9b::5db8:d70e", False),
        ("64:ff9b:1::1", False),
        ("2001:0:1::1", False),
        ("2001:db8::1", False),
        ("2002:7f00:1::", False),
        ("fc00::1", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("0x7f.1", False),
        ("", False),
    ],
)
def test_only_addresses_of_the_open_internet_are_public(text: str, public: bool) -> None:
    assert is_public_address(text) is public


@pytest.mark.parametrize(
    ("target", "entry", "listed"),
    [
        (("a.example", 443), "a.example", True),
        (("a.example", 443), "A.Example", True),
        (("a.example", 8443), "a.example", False),
        (("a.example", 8443), "a.example:8443", True),
        (("x.a.example", 443), "a.example", False),
        (("x.a.example", 443), "*.a.example", True),
        (("a.example", 443), "*.a.example", False),
        (("evila.example", 443), "*.a.example", False),
        (("2001:db8::1", 443), "2001:db8::1", True),
    ],
)
def test_the_allow_list_means_what_it_says(target: tuple[str, int], entry: str, listed: bool) -> None:
    assert is_listed(Target(*target, "/"), [entry]) is listed


def test_paths_with_chinese_names_are_sent_percent_encoded() -> None:
    assert parse_link("https://a.example/图 片".replace(" ", "")).path == "/%E5%9B%BE%E7%89%87"
    assert parse_link("https://a.example/a%20b?x=1&y=%E5%9B%BE#part").path == "/a%20b?x=1&y=%E5%9B%BE"
    assert parse_link("https://a.example").path == "/"


def test_the_system_s_resolver_gives_plain_addresses() -> None:
    assert set(resolve_host("localhost", 443)) <= {"127.0.0.1", "::1"}
