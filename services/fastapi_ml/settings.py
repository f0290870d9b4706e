"""The API's settings, from flags and FASTAPI_ML_* variables."""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_settings import SettingsConfigDict

from libs.mq import defaults
from libs.mq.connections import check_url
from libs.settings.settings import Level, Port
from libs.settings.settings import Settings as ServiceSettings
from services.fastapi_ml.databases import check_database_url

type Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]


def _default_database() -> str:
    return f"sqlite:///{defaults.state_folder() / 'jobs.sqlite3'}"


class Settings(ServiceSettings):
    """Serves digit predictions over HTTP. Each flag can also be a variable: FASTAPI_ML_PORT=8001."""

    model_config = SettingsConfigDict(
        env_prefix="FASTAPI_ML_", cli_prog_name="fastapi_ml"
    )

    database_url: Annotated[str, AfterValidator(check_database_url)] = Field(
        default_factory=_default_database,
        description="sqlite:///path or postgresql://…",
    )
    queue_url: Annotated[str, AfterValidator(check_url)] = Field(
        default_factory=defaults.queue_url, description="amqp://… or disk:///folder"
    )
    host: str = Field("127.0.0.1", description="address to listen on")
    port: Port = Field(8000, description="port to listen on, 0 for a free one")
    max_body_bytes: int = Field(1_000_000, ge=1, description="largest request body")
    log_level: Level = Field("INFO", description="least level that is logged")
    job_seconds: Seconds = Field(
        60.0, description="without a result for so long, a job is sent again"
    )
    job_attempts: int = Field(5, ge=1, description="how often a job is sent at most")
    job_days: Seconds = Field(7.0, description="how many days finished jobs are kept")
    migrate: bool = Field(
        False, description="give the job store the newest schema, and end"
    )
