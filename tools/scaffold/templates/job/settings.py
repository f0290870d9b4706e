"""The settings of newproject: fields here, variables NEWPROJECT_… where it runs."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What can be set, and what it is by default."""

    model_config = SettingsConfigDict(env_prefix="NEWPROJECT_")

    times: int = Field(1, ge=0, description="how much is done")
