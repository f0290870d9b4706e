"""The page on which a person draws a digit, and the one that shows the API."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import FileResponse, HTMLResponse
from starlette.staticfiles import StaticFiles

router = APIRouter(include_in_schema=False)

_FOLDER = Path(__file__).with_name("page")
# The page needs nothing from elsewhere, and nothing from elsewhere may get into it.
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
# Swagger UI's page starts by a script inside of it, and sets styles so.
_DOCS_HEADERS = {
    "Content-Security-Policy": "default-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
# What that page loads, of the distribution that brings it.
ASSETS_PATH = "/docs/assets"
# Links, as the build lays files out, are followed.
assets = StaticFiles(packages=[("fastapi_swagger", "resources")], follow_symlink=True)


@router.get("/docs")
async def docs() -> HTMLResponse:
    """Return the API's description, to be read and tried."""
    folder = ASSETS_PATH.removeprefix("/")
    page = get_swagger_ui_html(
        openapi_url="openapi.json",
        title="Digits",
        swagger_js_url=f"{folder}/swagger-ui-bundle.js",
        swagger_css_url=f"{folder}/swagger-ui.css",
        swagger_favicon_url="data:,",
    )
    page.headers.update(_DOCS_HEADERS)
    return page


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
