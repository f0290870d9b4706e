"""Which distributions have an image layer of their own: large ones, so that services share their bytes.

Written by `bazel run //tools/image:update_layer_table` from measured sizes. Analysis can't see sizes, so the table is committed.
"""

# Names as labels have them, `@pip//NAME`, each with an image that uses it.
LARGE_DISTRIBUTIONS = {
    "alembic": "//services/fastapi_ml:image",
    "fastapi_swagger": "//services/fastapi_ml:image",
    "numpy": "//services/common_ml:image",
    "protobuf": "//services/common_ml:image",
    "psycopg_binary": "//services/fastapi_ml:image",
    "pydantic": "//services/common_ml:image",
    "pydantic_core": "//services/common_ml:image",
    "sqlalchemy": "//services/fastapi_ml:image",
}

# Distributions that import their own test folders when they run: for these, the folders are kept.
TESTS_KEPT = []
