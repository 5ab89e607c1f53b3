"""Shared by all Python drivers."""
import json
import os
import time
import urllib.error
import urllib.request


def report(token, expires_at=None):
    """Calls the protected API with `token` and prints what the test reads. `expires_at` is in seconds since 1970."""
    request = urllib.request.Request(os.environ["TEST_API"] + "/api/me")
    request.add_header("Authorization", f"Bearer {token}")
    request.add_header("x-api-key", os.environ["TEST_API_KEY"])
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            ok = response.status == 200
    except urllib.error.HTTPError:
        ok = False
    left = None if expires_at is None else expires_at - time.time()
    print(json.dumps({"access_token_prefix": token[:10], "expires_at_seconds_from_now": left, "ok": ok}))
