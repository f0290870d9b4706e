"""Settings of a service: from its flags, else its variables, else the defaults.

>>> class ShopSettings(Settings):
...     model_config = SettingsConfigDict(env_prefix="SHOP_", cli_prog_name="shop")
...     port: int = Field(8000, description="port to listen on")
>>> ShopSettings.read(["--port", "8001"])
"""

import difflib
import os
import re
import sys
from collections.abc import Collection, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

type Level = Annotated[
    Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(str.upper)
]
type Port = Annotated[int, Field(ge=0, le=65535)]

# What Kubernetes tells every container of a Service that is called as this one.
# https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
_OF_KUBERNETES = re.compile(r"SERVICE_(HOST|PORT\w*)|PORT_\d+_(TCP|UDP)\w*")


class Settings(BaseSettings):
    """Base class of a service's settings; `env_prefix` and `cli_prog_name` are the service's own."""

    model_config = SettingsConfigDict(
        cli_kebab_case=True, cli_implicit_flags=True, frozen=True
    )

    @classmethod
    def read(cls, argv: Sequence[str] | None = None) -> Self:
        """Return the settings, or exit with 2 and one sentence for each that is wrong."""
        arguments = list(sys.argv[1:] if argv is None else argv)
        wrong = cls._unknown_variables()
        settings = None
        try:
            settings = cls(_cli_parse_args=arguments)
        except ValidationError as error:
            wrong += [cls._sentence(fault) for fault in error.errors()]
        if wrong or settings is None:
            program = cls.model_config.get("cli_prog_name")
            text = "\n".join(f"{program}: error: {sentence}" for sentence in wrong)
            print(
                f"{text}\nFix: {program} --help lists what can be set.", file=sys.stderr
            )
            raise SystemExit(2)
        return settings

    @classmethod
    def _unknown_variables(cls) -> list[str]:
        """Return a sentence for each variable that has the prefix and sets nothing."""
        prefix = str(cls.model_config.get("env_prefix"))
        known = {f"{prefix}{name}".upper() for name in cls.model_fields}
        return [
            f"{name} is no setting{_near(name.upper(), known)}"
            for name in sorted(os.environ)
            if name.upper().startswith(prefix)
            and name.upper() not in known
            and not _OF_KUBERNETES.fullmatch(name.upper().removeprefix(prefix))
        ]

    @classmethod
    def _sentence(cls, fault: Any) -> str:  # Any: pydantic's own type
        name = str(fault["loc"][0])
        where = f"--{name.replace('_', '-')} ({cls.model_config.get('env_prefix')}{name.upper()})"
        # A check of our own says all that may be said: the value may hold a password.
        if fault["type"] == "value_error":
            return f"{where}: {fault['ctx']['error']}"
        return f"{where} is {fault['input']!r}: {fault['msg']}"


def _near(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""
