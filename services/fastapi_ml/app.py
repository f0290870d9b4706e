"""Makes the app from its settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.telemetry import TelemetryConfig
from starlette.types import ASGIApp

from libs.ml import classifier
from libs.telemetry.asgi import RequestTelemetry
from services.fastapi_ml import job_routes, page_routes, problems, routes
from services.fastapi_ml.jobs import Jobs
from services.fastapi_ml.schemas import PredictionRequest
from services.fastapi_ml.settings import Settings

# libs/telemetry records requests; FastAPI would do it a second time.
NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


_REFERENCE = "#/components/schemas/{model}"


class Service(FastAPI):
    """FastAPI in telemetry, describing also what its routes read and answer themselves."""

    def build_middleware_stack(self) -> ASGIApp:
        """Return the app in its middleware."""
        # add_middleware would put telemetry inside Starlette's answer to unknown
        # failures, whose request id would be gone by then.
        return RequestTelemetry(super().build_middleware_stack())

    def openapi(self) -> dict[str, Any]:  # Any: FastAPI's own type
        """Return the description, made once."""
        description = super().openapi()
        schemas = description["components"]["schemas"]
        for model in (PredictionRequest, problems.Problem):
            schema = model.model_json_schema(ref_template=_REFERENCE)
            schemas |= schema.pop("$defs", {}) | {model.__name__: schema}
        return description


def create_app(settings: Settings) -> FastAPI:
    """Return the app; its model is loaded when it starts."""
    jobs = Jobs(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.classifier = classifier.load()
        app.state.jobs = jobs
        jobs.start()
        yield
        await run_in_threadpool(jobs.stop)

    # FastAPI's documentation pages load scripts from elsewhere; /openapi.json needs
    # nothing.
    app = Service(
        title="Digits",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        telemetry=NO_TELEMETRY,
    )
    app.state.settings = settings
    routes.add_predict(app)
    app.include_router(routes.router)
    app.include_router(job_routes.router)
    app.include_router(page_routes.router)
    problems.install(app)
    return app
