import os
import time
from functools import wraps

import jwt
from flask import Flask, abort, g, request

LATCHKEY_URL = os.environ["LATCHKEY_URL"]
ISSUER = os.environ["JWT_ISSUER"]
AUDIENCE = os.environ["JWT_AUDIENCE"]
ALGORITHM = os.environ.get("JWT_ALGORITHM", "ES256")
COOLDOWN = float(os.environ.get("JWKS_COOLDOWN", "30"))


class Keys(jwt.PyJWKClient):
    """PyJWKClient asks again for every unknown key id; this one no more than once in COOLDOWN seconds."""

    asked = float("-inf")

    def get_jwk_set(self, refresh=False):
        if refresh and time.monotonic() - self.asked < COOLDOWN:
            refresh = False
        return super().get_jwk_set(refresh)

    def fetch_data(self):
        self.asked = time.monotonic()
        try:
            return super().fetch_data()
        except jwt.PyJWKClientError:
            abort(503)  # this says nothing about the token


keys = Keys(f"{LATCHKEY_URL}/.well-known/jwks.json")


def verify(token):
    if jwt.get_unverified_header(token).get("typ") != "at+jwt":
        raise jwt.InvalidTokenError("not an access token")
    claims = jwt.decode(
        token,
        keys.get_signing_key_from_jwt(token).key,
        algorithms=[ALGORITHM],
        issuer=ISSUER,
        audience=AUDIENCE,
        leeway=5,
        options={"require": ["exp", "iat", "iss", "aud", "sub", "jti"]},
    )
    if claims.get("type") != "access":
        raise jwt.InvalidTokenError("not an access token")
    return claims


def authenticated(view):
    @wraps(view)
    def guarded(*args, **kwargs):
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return {"error": "TOKEN_MISSING"}, 401, {"WWW-Authenticate": 'Bearer realm="orders"'}
        try:
            g.user = verify(token)
        except jwt.PyJWTError:
            return {"error": "INVALID_TOKEN"}, 401, {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        return view(*args, **kwargs)

    return guarded


app = Flask(__name__)


@app.get("/orders")
@authenticated
def orders():
    return {"sub": g.user["sub"], "roles": g.user["roles"]}


if __name__ == "__main__":
    app.run(host=os.environ.get("HOST", "127.0.0.1"), port=int(os.environ.get("PORT", "4000")))
