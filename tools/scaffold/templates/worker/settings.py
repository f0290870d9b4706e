"""The settings of newproject: fields here, variables NEWPROJECT_… where it runs."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What can be set, and what it is by default."""

    model_config = SettingsConfigDict(env_prefix="NEWPROJECT_")

    seconds: float = Field(1.0, gt=0, description="pause between two rounds")
    health_host: str = Field("127.0.0.1", description="address of /healthz")
    health_port: int = Field(8001, ge=0, le=65535, description="port of /healthz")
