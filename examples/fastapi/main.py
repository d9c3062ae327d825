import os
import time

import jwt
import uvicorn
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

LATCHKEY_URL = os.environ["LATCHKEY_URL"]
ISSUER = os.environ["JWT_ISSUER"]
AUDIENCE = os.environ["JWT_AUDIENCE"]
ALGORITHM = os.environ.get("JWT_ALGORITHM", "ES256")
COOLDOWN = float(os.environ.get("JWKS_COOLDOWN", "30"))


class Keys(jwt.PyJWKClient):
    """PyJWKClient fetches the keys again for every unknown key id; this one at most once in COOLDOWN seconds."""

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
            raise HTTPException(503, "UNAVAILABLE")  # this says nothing about the token


keys = Keys(f"{LATCHKEY_URL}/.well-known/jwks.json")
bearer = HTTPBearer(auto_error=False)


def refused():
    return HTTPException(401, "INVALID_TOKEN", {"WWW-Authenticate": 'Bearer error="invalid_token"'})


def current_user(credentials: HTTPAuthorizationCredentials = Depends(bearer)):
    if credentials is None:
        raise HTTPException(401, "TOKEN_MISSING", {"WWW-Authenticate": 'Bearer realm="orders"'})
    token = credentials.credentials
    try:
        if jwt.get_unverified_header(token).get("typ") != "at+jwt":
            raise refused()
        claims = jwt.decode(
            token,
            keys.get_signing_key_from_jwt(token).key,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            leeway=5,
            options={"require": ["exp", "iat", "iss", "aud", "sub", "jti"]},
        )
    except jwt.PyJWTError:
        raise refused()
    if claims.get("type") != "access":
        raise refused()
    return claims


app = FastAPI()


@app.get("/orders")
def orders(user=Depends(current_user)):
    return {"sub": user["sub"], "roles": user["roles"]}


if __name__ == "__main__":
    uvicorn.run(app, host=os.environ.get("HOST", "127.0.0.1"), port=int(os.environ.get("PORT", "4000")))
