"""The yardstick: an endpoint that validates a body as the service does, and answers a constant."""

import sys

import uvicorn
from fastapi import FastAPI

from services.fastapi_ml.schemas import (
    PredictedDigit,
    PredictionRequest,
    PredictionResponse,
)
from services.fastapi_ml.server import listen

_ANSWER = PredictionResponse(
    predictions=[
        PredictedDigit(digit=0, confidence=1.0, probabilities=[1.0] + [0.0] * 9)
    ]
)

app = FastAPI(
    telemetry={
        "tracing": False,
        "metrics": False,
        "logs": False,
        "operation_spans": False,
    }
)


@app.post("/v1/predictions")
async def predict(body: PredictionRequest) -> PredictionResponse:
    """Return the constant."""
    return _ANSWER


def main() -> int:
    """Serve on a free port, and say where."""
    with listen("127.0.0.1", 0) as listener:
        print(
            f"constant serves on http://127.0.0.1:{listener.getsockname()[1]}",
            flush=True,
        )
        config = uvicorn.Config(app, access_log=False, log_config=None)
        uvicorn.Server(config).run(sockets=[listener])
    return 0


if __name__ == "__main__":
    sys.exit(main())
