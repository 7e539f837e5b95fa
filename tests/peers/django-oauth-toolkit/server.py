"""Django OAuth Toolkit as a peer of the tests: starts on a free loopback port, says where, and ends with its standard input.

Standard input: first one line of JSON,
  { "clients": [...], "accessTokenSeconds": 60, "graceSeconds": 30, "issuer": "https://id.example" }
(`graceSeconds` where a rotated refresh token stays good that long, else reuse ends the grant; `issuer` only where something
in front answers under that name), then nothing; closing it ends the process.
Standard output: one line of JSON, { "issuer": ..., "listening": "http://127.0.0.1:PORT" }, once requests are answered.
"""

import json
import os
import sys
import threading
from http.server import HTTPServer

from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

SCOPES = {
    "openid": "Sign in",
    "profile": "Profile",
    "email": "Email address",
    "offline_access": "Stay connected",
    "api:read": "Read",
}
AUTHORIZATION = "authorization-code"
DAY = 86_400

LOGIN_PAGE = """<!doctype html><title>Sign in</title><form method="post">{% csrf_token %}
<input name="login"><input name="password" type="password"><button>Sign in</button></form>"""


def signing_key():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain).decode()


def oauth(wanted, issuer):
    grace = wanted.get("graceSeconds")
    return {
        "OIDC_ENABLED": True,
        "OIDC_RSA_PRIVATE_KEY": signing_key(),
        "OIDC_ISS_ENDPOINT": f"{issuer}/o",
        "OAUTH2_VALIDATOR_CLASS": f"{__name__}.validators.Validator",
        "PKCE_REQUIRED": True,
        "SCOPES": SCOPES,
        "DEFAULT_SCOPES": ["api:read"],
        "ACCESS_TOKEN_EXPIRE_SECONDS": wanted.get("accessTokenSeconds", 60),
        "REFRESH_TOKEN_EXPIRE_SECONDS": DAY,
        # Every refresh brings a new refresh token. The old one: good for a while longer, or, used again, the end of the grant.
        "ROTATE_REFRESH_TOKEN": True,
        "REFRESH_TOKEN_GRACE_PERIOD_SECONDS": grace or 0,
        "REFRESH_TOKEN_REUSE_PROTECTION": grace is None,
        "ALLOWED_REDIRECT_URI_SCHEMES": ["https", "http"],
    }


def configure(wanted, issuer):
    settings.configure(
        SECRET_KEY="the peer signs its own cookies",
        ROOT_URLCONF=f"{__name__}.urls",
        ALLOWED_HOSTS=["*"],
        USE_TZ=True,
        # Behind a front of another name, its forwarded headers are what the browser sees.
        USE_X_FORWARDED_HOST="issuer" in wanted,
        SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https") if "issuer" in wanted else None,
        CSRF_TRUSTED_ORIGINS=[issuer],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        # Tables are made from the models as they are: there is nothing to migrate from.
        MIGRATION_MODULES={app: None for app in ("auth", "contenttypes", "sessions", "oauth2_provider")},
        # Client secrets are hashed, and checked as often as a test asks.
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
            }
        ],
        LOGIN_URL="/login/",
        LOGGING={"version": 1, "handlers": {"e": {"class": "logging.StreamHandler"}}, "root": {"handlers": ["e"]}},
        OAUTH2_PROVIDER=oauth(wanted, issuer),
    )
    django.setup()


class Module:
    """A part of this file under a name of its own, which Django imports once it is set up."""

    @staticmethod
    def add(name, **members):
        module = type(sys)(f"{__name__}.{name}")
        vars(module).update(members)
        sys.modules[module.__name__] = module


def validators():
    from oauth2_provider.oauth2_validators import OAuth2Validator

    class Validator(OAuth2Validator):
        """Says of an account what the other peer says: its id is the name that was typed."""

        oidc_claim_scope = {**OAuth2Validator.oidc_claim_scope, "name": "profile", "email": "email"}

        def get_claim_dict(self, request):
            name = request.user.username
            claims = {"sub": name, "name": f"{name} of the peer", "email": f"{name}@peer.test"}
            return {claim: (lambda _, value=value: value) for claim, value in claims.items()}

        def get_discovery_claims(self, request):
            return ["sub", "name", "email"]

    Module.add("validators", Validator=Validator)


def urls():
    from django.contrib.auth import login
    from django.contrib.auth.models import User
    from django.http import HttpResponse, JsonResponse
    from django.shortcuts import redirect
    from django.template import engines
    from django.urls import include, path
    from oauth2_provider.views import ConnectDiscoveryInfoView

    def sign_in(request):
        """Whoever signs in exists, under the name that was typed."""
        if request.method != "POST":
            return HttpResponse(engines["django"].from_string(LOGIN_PAGE).render({}, request))
        user, _ = User.objects.get_or_create(username=request.POST["login"])
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        return redirect(request.GET["next"])

    class Discovery(ConnectDiscoveryInfoView):
        """Announces all its endpoints in one document; of itself it names these two in the one of RFC 8414 only."""

        def get(self, request, *args, **kwargs):
            told = json.loads(super().get(request, *args, **kwargs).content)
            base = told["token_endpoint"].removesuffix("token/")
            more = {"revocation_endpoint": f"{base}revoke_token/", "introspection_endpoint": f"{base}introspect/"}
            return JsonResponse({**told, **more})

    provider = include("oauth2_provider.urls", namespace="oauth2_provider")
    discovery = path("o/.well-known/openid-configuration", Discovery.as_view())
    Module.add("urls", urlpatterns=[discovery, path("o/", provider), path("login/", sign_in)])


def register(client):
    from oauth2_provider.models import get_application_model

    interactive = AUTHORIZATION.replace("-", "_") in client["grant_types"]
    get_application_model().objects.create(
        client_id=client["client_id"],
        client_secret=client.get("client_secret", ""),
        client_type="confidential" if "client_secret" in client else "public",
        authorization_grant_type=AUTHORIZATION if interactive else "client-credentials",
        redirect_uris=" ".join(client["redirect_uris"]),
        algorithm="RS256" if interactive else "",
    )


class Quiet(WSGIRequestHandler):
    """Says nothing: standard output belongs to the ready line alone."""

    def log_message(self, *_):
        pass


class Listener(WSGIServer):
    """Does not look its own name up."""

    request_queue_size = 128

    def server_bind(self):
        HTTPServer.server_bind(self)
        self.setup_environ()


def end_with_input():
    sys.stdin.read()
    os._exit(0)


def main():
    wanted = json.loads(sys.stdin.readline())
    threading.Thread(target=end_with_input, daemon=True).start()
    server = Listener(("127.0.0.1", 0), Quiet)
    listening = f"http://127.0.0.1:{server.server_port}"
    issuer = wanted.get("issuer", listening)
    configure(wanted, issuer)
    validators()
    urls()
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    call_command("migrate", run_syncdb=True, verbosity=0)
    for client in wanted.get("clients", []):
        register(client)
    server.set_app(get_wsgi_application())
    print(json.dumps({"issuer": f"{issuer}/o", "listening": listening}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
