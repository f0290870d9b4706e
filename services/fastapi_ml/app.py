"""Makes the app from its settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from libs.ml import classifier
from libs.telemetry.request_log import RequestLog
from services.fastapi_ml import job_routes, page_routes, problems, routes
from services.fastapi_ml.body_limit import BodyLimit
from services.fastapi_ml.jobs import Jobs
from services.fastapi_ml.settings import Settings


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

    app = FastAPI(
        title="Digits",
        version="1",
        lifespan=lifespan,
        # FastAPI's own pages load scripts from elsewhere: see page_routes.
        docs_url=None,
        redoc_url=None,
        # One span a request: a span for each step in it costs more than the step.
        telemetry={"operation_spans": False},
    )
    app.add_middleware(BodyLimit, limit=settings.max_body_bytes)
    app.add_middleware(RequestLog)
    app.include_router(routes.router)
    app.include_router(job_routes.router)
    app.include_router(page_routes.router)
    app.mount(page_routes.ASSETS_PATH, page_routes.assets)
    problems.install(app)
    return app
