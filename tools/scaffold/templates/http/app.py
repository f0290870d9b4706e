"""The HTTP interface of newproject."""

from fastapi import FastAPI
from opentelemetry import trace

_tracer = trace.get_tracer(__name__)

app = FastAPI(title="newproject", docs_url=None, redoc_url=None)


@app.get("/healthz")
def healthz() -> str:
    """Answer as long as the process can answer at all."""
    return "ok"


@app.get("/readyz")
def readyz() -> str:
    """Answer once requests can be served: check here what they need."""
    return "ok"


@app.get("/v1/greetings/{name}")
def greet(name: str) -> dict[str, str]:
    """Return a greeting of somebody."""
    with _tracer.start_as_current_span("greet"):
        return {"greeting": f"Hello, {name}!"}
