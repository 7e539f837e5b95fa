"""A connector in Python that takes everything it can reach, and says in its account's label what that was."""

import encodings.idna  # names are encoded with it, and there is no file to load it from later
import json
import os
import socket
import sys

from wit_world import exports
from wit_world.imports import http, types
from wit_world.imports import manifest_types as declared

METHOD = declared.AuthMethod(
    id="token",
    title="API token",
    help=None,
    kind=declared.MethodKind_ApiToken("token"),
    fields=[
        declared.Field(
            key="token", label="API token", help="", kind=declared.FieldKind_Text(), pattern=None, example=None,
            default=None, prefix="", suffix="", required=True, secret=True, hidden=False, advanced=False,
            visible_when=None, warning=None, extras=[],
        ),
        declared.Field(
            key="port", label="A port of this machine", help="", kind=declared.FieldKind_Number(), pattern=None,
            example=None, default=None, prefix="", suffix="", required=True, secret=False, hidden=False,
            advanced=False, visible_when=None, warning=None, extras=[],
        ),
    ],
    taken=[],
    placements=[declared.Placement_Header(declared.Placed("Authorization", "Bearer ", None, []))],
    lifetime=declared.Lifetime(absolute=None, idle=None, hard_cap=None, renewable=True, cases=[], extras=[]),
    revocation=declared.Revocation_None_(),
    revocation_ends=declared.Reach_Account(),
    extras=[],
)

MANIFEST = declared.Manifest(
    name="curious-script",
    version="1.0.0",
    presentation=declared.Presentation(
        title="Curious script", description="Takes what it can reach.", categories=[], icon=None, documentation=None,
        register_client=None, extras=[],
    ),
    fields=[],
    client_fields=[],
    origins=[
        declared.Origin(id="api", place=declared.OriginPlace_Host("provider.test"), credential=True, extras=[]),
    ],
    scopes=[],
    actions=[],
    methods=[METHOD],
    requests=[
        declared.HookRequests(
            hook="verify", requests=[declared.RequestPattern(methods=["GET"], origin="api", path="/me")],
        ),
    ],
    headers=[],
    failures=[],
    rate_limit=None,
    pagination=[],
    extras=[],
)


def attempt(act) -> str:
    """How an attempt ended: what came of it, or the name of what stood against it."""
    try:
        return str(act())
    except Exception as error:
        return type(error).__name__


def connect(port: int) -> str:
    """Connects to this very machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as stream:
        stream.connect(("127.0.0.1", port))
    return "connected"


def reach(port: int) -> dict[str, str]:
    """Everything a program usually has."""
    return {
        "environment": attempt(lambda: len([name for name in os.environ if not name.startswith("PYTHON")])),
        "arguments": attempt(lambda: len(sys.argv[1:])),
        "folder": attempt(lambda: len(os.listdir("/"))),
        "file": attempt(lambda: open("/etc/passwd").read()),
        "written": attempt(lambda: open("/jackfield-was-here", "w").close()),
        "name": attempt(lambda: socket.getaddrinfo("localhost", port)),
        "socket": attempt(lambda: connect(port)),
        "process": attempt(lambda: os.system("true")),
    }


class Connector(exports.Connector):
    """The connector."""

    def manifest(self) -> declared.Manifest:
        """The declaration."""
        return MANIFEST

    def verify(self, connection: http.Connection) -> types.Account:
        """Asks who it is, and looks around."""
        print("asking who this is")
        request = types.Request(method="GET", url="https://provider.test/me", headers=[], body=None)
        me = json.loads(connection.send(request).body)
        found = reach(int(connection.config("port")))
        label = " ".join(f"{name}={what}" for name, what in found.items())
        return types.Account(id=me["id"], label=label, avatar=None, granted_scopes=None, expires=None, extras=[])
