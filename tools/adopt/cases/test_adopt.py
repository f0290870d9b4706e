"""A workspace of three projects moves in, and all that it had holds."""

import zipfile

from tools.nested.checkout import CHECKS_OF_THE_TREE, Checkout

PROJECTS = {
    "pyproject.toml": (
        '[project]\nname = "everything"\nversion = "0"\n'
        'dependencies = ["shop", "daily-rates", "till"]\n'
        '[tool.uv.workspace]\nmembers = ["packages/*"]\n'
        "[dependency-groups]\ndev = ['pytest']\n"
        "[tool.pytest.ini_options]\nmarkers = ['shared: of the workspace']\n"
        "addopts = ['--strict-markers', '-p', 'no:cacheprovider']\n"
    ),
    "packages/rates/pyproject.toml": (
        '[project]\nname = "daily-rates"\nversion = "2.1"\ndependencies = ["packaging"]\n'
        'scripts.rates = "rates:main"\n'
    ),
    "packages/rates/src/rates/__init__.py": (
        "from importlib.metadata import version\n"
        "from pathlib import Path\n"
        "import packaging.version, os\n"
        "__version__ = version('daily-rates')\n"
        "def rates(): return Path(__file__).with_name('rates.csv').read_text().split()\n"
    ),
    "packages/rates/src/rates/rates.csv": "1 2\n",
    "packages/till/pyproject.toml": (
        '[project]\nname = "till"\nversion = "0.3"\nrequires-python = ">=3.11"\n'
        'description = "Sells."\ndependencies = ["shop", "daily-rates"]\n'
        "[project.scripts]\ntill = 'till.cli:main'\n"
        "[project.optional-dependencies]\nfast = ['packaging']\n"
        "[tool.uv.sources]\nshop = { path = '../shop', editable = true }\n"
        "daily-rates = { path = '../rates' }\n"
    ),
    "packages/till/src/till/__init__.py": "",
    "packages/till/src/till/cli.py": (
        "import rates, shop, sys\n"
        "def main(): print(*shop.rates(), *rates.rates(), *sys.argv[1:])\n"
    ),
    "packages/till/tests/test_cli.py": """\
import shutil
import subprocess
import pytest

@pytest.mark.shared
def test_program():
    assert shutil.which('till')
    done = subprocess.run(['till', 'a'], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ('1 2 1 2 a\\n', '')
""",
    "packages/shop/pyproject.toml": (
        '[project]\nname = "shop"\nversion = "1"\ndependencies = ["daily-rates"]\n'
        "[tool.pytest.ini_options]\nmarkers = ['slow']\n"
        "[tool.ruff]\nline-length = 200\n"
        "[dependency-groups]\ntest = ['pytest', 'hypothesis']\n"
    ),
    "packages/shop/README.md": "# Shop\n",
    "packages/shop/shop/__init__.py": "from rates import rates, __version__\n",
    "packages/shop/shop/py.typed": "",
    "packages/shop/tests/__init__.py": "",
    "packages/shop/tests/conftest.py": (
        "import pytest\n@pytest.fixture\ndef one(): return 1\n"
    ),
    "packages/shop/tests/helper.py": "WANT = ['1', '2']\n",
    "packages/shop/tests/test_shop.py": """\
import warnings
from importlib.metadata import entry_points
from pathlib import Path
import pytest
from hypothesis import given, strategies
import shop
from .helper import WANT

@pytest.mark.slow
def test_data_and_metadata():
    assert shop.rates() == WANT
    assert shop.__version__ == '2.1'
    assert entry_points(group='console_scripts', name='rates')

@given(strategies.booleans())
def test_settings(value):
    warnings.warn('an error by the settings of the repository')

def test_folder(one):
    assert Path('README.md').read_text() == '# Shop\\n'
    Path('README.md').write_text('other')
""",
}
TESTS = (
    "//libs/daily_rates/...",
    "//libs/shop/...",
    "//libs/till/...",
    "//tools/lock:lock_test",
)
WHEEL = "bazel-bin/libs/till/till-0.3-py3-none-any.whl"


def test_a_workspace_that_moved_in_is_green(checkout: Checkout) -> None:
    old = checkout.root.parent / "old"
    for path, text in PROJECTS.items():
        (old / path).parent.mkdir(parents=True, exist_ok=True)
        (old / path).write_text(text)

    moved = checkout.bazel("run", "//tools/adopt", "--", str(old))
    tested = checkout.bazel("test", *TESTS, *CHECKS_OF_THE_TREE)

    assert moved.exit_code == 0, moved.text
    assert tested.exit_code == 0, tested.text
    assert tested.verdict("//libs/shop/tests:test_shop") == "PASSED"
    assert tested.verdict("//libs/till/tests:test_cli") == "PASSED"
    with zipfile.ZipFile(checkout.root / WHEEL) as wheel:
        names = wheel.namelist()
        assert names[:2] == ["till/__init__.py", "till/cli.py"]
        info = "till-0.3.dist-info"
        metadata = wheel.read(f"{info}/METADATA").decode().splitlines()
        points = wheel.read(f"{info}/entry_points.txt").decode()
    assert points == "[console_scripts]\ntill = till.cli:main\n"
    assert metadata[2:8] == [
        "Summary: Sells.",
        "Requires-Python: >=3.11",
        "Requires-Dist: shop",
        "Requires-Dist: daily-rates",
        "Provides-Extra: fast",
        "Requires-Dist: packaging; extra == 'fast'",
    ]
    came = (checkout.root / "libs/shop/tests/test_shop.py").read_text()
    assert came == PROJECTS["packages/shop/tests/test_shop.py"]
