"""The worker's settings, from flags and COMMON_ML_* variables."""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_settings import SettingsConfigDict

from libs.mq import defaults
from libs.mq.connections import check_url
from libs.mq.task import GRACE_SECONDS
from libs.settings.settings import Level, Port
from libs.settings.settings import Settings as ServiceSettings


class Settings(ServiceSettings):
    """Takes jobs from the queue, predicts, and sends the results.

    Each flag can also be a variable: COMMON_ML_HEALTH_PORT=9001.
    """

    model_config = SettingsConfigDict(
        env_prefix="COMMON_ML_", cli_prog_name="common_ml"
    )

    queue_url: Annotated[str, AfterValidator(check_url)] = Field(
        default_factory=defaults.queue_url, description="amqp://… or disk:///folder"
    )
    health_host: str = Field(
        "127.0.0.1", description="address of /healthz, /readyz, /metrics"
    )
    health_port: Port = Field(8001, description="their port, 0 for a free one")
    log_level: Level = Field("INFO", description="least level that is logged")
    stop_seconds: float = Field(
        GRACE_SECONDS,
        ge=0,
        allow_inf_nan=False,
        description="how long a job may take after SIGTERM, before it goes back",
    )
    once: bool = Field(False, description="stop when the queue is empty")
