"""The settings of newproject: fields here, variables NEWPROJECT_… where it runs."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What can be set, and what it is by default."""

    model_config = SettingsConfigDict(env_prefix="NEWPROJECT_")

    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, ge=0, le=65535, description="port to listen on")
    log_level: str = Field("info", description="least level that is logged")
