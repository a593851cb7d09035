"""The two cookies: which sign-in this browser has, and which station this device is. Not what they stand for."""

from __future__ import annotations

from datetime import timedelta

from fastapi.responses import Response

from app.web.door import SESSION_COOKIE, STATION_COOKIE

STATION_LIVES = timedelta(days=400)
"""The longest a browser keeps a cookie (RFC 6265bis); after that the device is enrolled again."""

CLEARED = '"cache", "storage"'
"""What a browser forgets at sign-out. Not its cookies: the device stays the station it is."""


def sign_in_cookie(answer: Response, token: str, lives: timedelta) -> Response:
    """Give the browser its sign-in."""
    return _set(answer, SESSION_COOKIE, token, lives)


def station_cookie(answer: Response, token: str) -> Response:
    """Make this device the station."""
    return _set(answer, STATION_COOKIE, token, STATION_LIVES)


def forget_sign_in(answer: Response) -> Response:
    """Take the sign-in away, with everything the browser kept of its pages."""
    _set(answer, SESSION_COOKIE, "", timedelta(0))
    answer.headers["Clear-Site-Data"] = CLEARED
    return answer


def _set(answer: Response, name: str, token: str, lives: timedelta) -> Response:
    answer.set_cookie(
        name, token, max_age=int(lives.total_seconds()), path="/", secure=True, httponly=True, samesite="strict"
    )
    return answer
