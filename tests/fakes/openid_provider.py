"""An OpenID Connect provider on loopback: discovery, keys, a login that asks nobody, and signed ID tokens."""

import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "dashboard", "c" * 40
_CODE = "one-time-code"


@dataclass
class Provider:
    """Who signs in, and what is wrong with the answer; everything is as it should be unless a test says otherwise."""

    claims: dict[str, object] = field(
        default_factory=lambda: {"email": "head@example.com", "email_verified": True}
    )
    overrides: dict[str, object] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1", "use": "sig"}))
    signing: RSAKey | None = None
    asked: dict[str, str] = field(default_factory=dict)
    discovery_text: str | None = None
    port: int = 0

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def discovery(self) -> dict[str, object]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def authorize(self, query: str) -> str:
        """Give where the browser is sent back to."""
        self.asked = {name: values[0] for name, values in parse_qs(query).items()}
        return f"{self.asked['redirect_uri']}?{urlencode({'code': _CODE, 'state': self.asked['state']})}"

    def token(self, form: dict[str, list[str]]) -> tuple[int, dict[str, object]]:
        verifier = form.get("code_verifier", [""])[0]
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if form["code"] != [_CODE] or challenge != self.asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())  # noqa: TID251 - a provider has a clock of its own
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": "1",
            "iat": now,
            "exp": now + 300,
            "nonce": self.asked["nonce"],
            **self.claims,
            **self.overrides,
        }
        signed = jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.signing or self.key)
        return 200, {"access_token": "opaque", "token_type": "Bearer", "expires_in": 300, "id_token": signed}


@contextmanager
def providing() -> Iterator[Provider]:
    """Serve until the block ends."""
    provider = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    provider.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(parts.query))
                self.end_headers()
                return
            if provider.discovery_text is not None:
                self._write(200, provider.discovery_text)
                return
            found: dict[str, object] = {
                "/.well-known/openid-configuration": provider.discovery(),
                "/keys": {"keys": [provider.key.as_dict(private=False)]},
            }
            self._say(200, found[parts.path])

        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            self._say(*provider.token(parse_qs(self.rfile.read(length).decode())))

        def _say(self, status: int, body: object) -> None:
            self._write(status, json.dumps(body))

        def _write(self, status: int, text: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    return Handler
