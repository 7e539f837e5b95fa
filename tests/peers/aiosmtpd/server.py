"""A mail server: takes what it is sent, says on standard output what that was, and refuses whom it is told to.

Settings are the first line of standard input, as JSON: `tls` (`implicit`, `starttls`, `none`), `certificate` and `key` (files), `user`,
`password`, `port`. Further lines change whom it refuses: {"refuse": {"ada@example.com": "550 5.1.1 No such user"}}. It ends with its input.
"""

import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


def say(value):
    print(json.dumps(value), flush=True)


class Taker:
    """Whom it refuses, and what it took."""

    def __init__(self):
        self.refused = {}

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        say(
            {
                "from": envelope.mail_from,
                "to": envelope.rcpt_tos,
                "user": (session.auth_data or {}).get("user"),
                "tls": session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None,
                "mail": envelope.content.decode("utf-8", "replace"),
            }
        )
        return "250 Taken"


def checking(user, password):
    def check(server, session, envelope, mechanism, data):
        good = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode()) == (user, password)
        return AuthResult(success=good, handled=good, auth_data={"user": user} if good else None)

    return check


async def main():
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    settings = json.loads(await lines.readline())
    taker = Taker()
    context = None
    if settings["tls"] != "none":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(settings["certificate"], settings["key"])
    starttls = settings["tls"] == "starttls"
    user = settings.get("user")

    def protocol():
        return SMTP(
            taker,
            hostname="mail.test",
            tls_context=context if starttls else None,
            require_starttls=starttls,
            auth_required=user is not None,
            auth_require_tls=starttls,
            authenticator=checking(user, settings.get("password")) if user else None,
            enable_SMTPUTF8=True,
            loop=loop,
        )

    implicit = context if settings["tls"] == "implicit" else None
    server = await loop.create_server(protocol, "127.0.0.1", settings.get("port", 0), ssl=implicit)
    say({"port": server.sockets[0].getsockname()[1]})
    while line := await lines.readline():
        taker.refused = json.loads(line)["refuse"]
        say({"refuses": sorted(taker.refused)})


asyncio.run(main())
