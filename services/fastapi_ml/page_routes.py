"""The page on which a person draws a digit."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

router = APIRouter(include_in_schema=False)

_FOLDER = Path(__file__).with_name("page")
# The page needs nothing from elsewhere, and nothing from elsewhere may get into it.
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


@router.get("/")
async def page() -> FileResponse:
    """Return the page."""
    return FileResponse(_FOLDER / "index.html", headers=_HEADERS)


@router.get("/page.css")
async def style() -> FileResponse:
    """Return the page's style."""
    return FileResponse(_FOLDER / "page.css", headers=_HEADERS)


@router.get("/page.js")
async def script() -> FileResponse:
    """Return the page's program."""
    return FileResponse(_FOLDER / "page.js", headers=_HEADERS)
