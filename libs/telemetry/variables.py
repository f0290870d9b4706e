"""Takes variables that OpenTelemetry reads as modules are imported, and can't use: to be imported before it.

A provider is loaded by its name at the first `get_tracer`: a name that isn't there is a traceback then, and one that
is there records in a provider without exporters. A limit that is no number is a traceback of the SDK's own import.
"""

import os
from collections.abc import Iterator

_PROVIDERS = ("OTEL_PYTHON_TRACER_PROVIDER", "OTEL_PYTHON_METER_PROVIDER")
_LIMIT = "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT"


def _take() -> Iterator[str]:
    for name in _PROVIDERS:
        if value := os.environ.pop(name, ""):
            yield f'{name} is "{value}", and providers are set up here. Fix: unset it.'
    limit = os.environ.get(_LIMIT, "").strip()
    if limit and not limit.isdecimal():
        del os.environ[_LIMIT]
        yield f'{_LIMIT} is "{limit}", wanted a whole number.'


refused = list(_take())
"""A sentence for each that was set, and can't be used."""
