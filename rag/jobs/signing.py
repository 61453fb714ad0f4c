"""How receivers of webhooks know that a message is ours: the signature of Standard Webhooks [1].

[1] Standard Webhooks, https://github.com/standard-webhooks/standard-webhooks
"""

import base64
import hashlib
import hmac

_PREFIX = "whsec_"
_SECRET_BYTES = range(24, 65)


def secret_of(written: str) -> bytes:
    """Return the secret that `written` stands for: ``whsec_`` and 24 to 64 bytes in Base64.

    Raises:
        ValueError: it is none.
    """
    try:
        secret = base64.b64decode(written.removeprefix(_PREFIX), validate=True)
    except ValueError:
        secret = b""
    if not written.startswith(_PREFIX) or len(secret) not in _SECRET_BYTES:
        raise ValueError(
            "write whsec_ and then 24 to 64 random bytes in Base64: "
            'echo "whsec_$(openssl rand -base64 32)"'
        )
    return secret


def signature(secret: bytes, *, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of ``webhook-signature``."""
    signed = b"%s.%d.%s" % (message_id.encode(), timestamp, body)
    digest = hmac.new(secret, signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()
