"""Tests of what the targets of a project that moves in get besides what they import."""

from pathlib import Path

from tools.adopt.tests.projects import PROJECT, adopt, write
from tools.fix.tests.repositories import Repository
from tools.workspace.fake_bazel import FakeBazel


def test_a_test_that_starts_a_program_depends_on_it(
    repository: Repository, tmp_path: Path
) -> None:
    text = "import subprocess\n\ndef test_a(): subprocess.run(['show-prices'])\n"
    manifest = PROJECT["pyproject.toml"].replace(
        "[tool.pytest", "scripts.show-prices = 'prices:main'\n[tool.pytest", 1
    )
    files = {"pyproject.toml": manifest, "tests/test_program.py": text}
    source = write(tmp_path / "old", PROJECT | files)

    assert adopt(repository, source) == 0

    build = repository.build("libs/price_list/tests")
    assert '"//libs/price_list",  # bazel: keep: the test starts it' in build


def test_a_test_that_names_a_source_by_its_file_depends_on_it(
    repository: Repository, tmp_path: Path
) -> None:
    text = "import subprocess\n\ndef test_a(): subprocess.run(['lint', 'wrong.py'])\n"
    files = {"tests/lint/test_lint.py": text, "tests/lint/wrong.py": "A = 1\n"}
    source = write(tmp_path / "old", PROJECT | files)

    assert adopt(repository, source) == 0

    build = repository.build("libs/price_list/tests/lint")
    assert '":lint",  # bazel: keep: the test names its file' in build


def test_a_test_that_names_a_folder_of_sources_depends_on_them(
    repository: Repository, tmp_path: Path
) -> None:
    text = "import glob\n\ndef test_a(): assert glob.glob('cases/**/*.py'), 'cases'\n"
    files = {"tests/cases/a.py": "", "tests/cases/more/b.py": ""}
    source = write(tmp_path / "old", PROJECT | files | {"tests/test_cases.py": text})

    assert adopt(repository, source) == 0

    build = repository.build("libs/price_list/tests").partition('"test_cases.py"')[2]
    folders = ("cases", "cases/more")
    assert all(
        f'tests/{folder}",  # bazel: keep: the test names its folder' in build
        for folder in folders
    )


def test_a_test_that_names_a_package_beside_it_can_import_it(
    repository: Repository, tmp_path: Path
) -> None:
    text = "import pkgutil\n\ndef test_a(): pkgutil.get_data('res', 'a.txt')\n"
    files = {"test/test_a.py": text, "test/res/__init__.py": "", "test/res/a.txt": ""}
    source = write(tmp_path / "old", PROJECT | files)

    assert adopt(repository, source) == 0

    build = repository.build("libs/price_list/test")
    assert '"//libs/price_list/test/res",  # bazel: keep: the test names it' in build
    assert 'imports = [".."]' in repository.build("libs/price_list/test/res")


def test_every_test_has_what_one_imports_of_what_the_tests_ask_for(
    repository: Repository, tmp_path: Path
) -> None:
    manifest = PROJECT["pyproject.toml"].replace('["anyio", ', '["iniconfig", ')
    files = {"pyproject.toml": manifest, "tests/test_ini.py": "import iniconfig\n"}
    source = write(tmp_path / "old", PROJECT | files)

    assert adopt(repository, source) == 0

    build = repository.build("libs/price_list/tests")
    kept = '"@pip//iniconfig",  # bazel: keep: the project asks for it'
    assert (build.count("@pip//iniconfig"), build.count(kept)) == (3, 2)


def test_what_is_commented_out_of_the_lock_is_no_dep(
    repository: Repository, tmp_path: Path
) -> None:
    # The update of before had failed for it.
    repository.write({"requirements.in": "pytest\n# anyio has no wheel\niniconfig\n"})
    manifest = PROJECT["pyproject.toml"].replace(
        '["anyio", ', '["iniconfig", "anyio", '
    )
    files = {"pyproject.toml": manifest, "tests/test_ini.py": "import iniconfig\n"}

    assert adopt(repository, write(tmp_path / "old", PROJECT | files)) == 0

    build = repository.build("libs/price_list/tests")
    assert ("keep: the project asks" in build, "anyio" in build) == (True, False)
    assert "//:requirements.update" in FakeBazel(repository.root).asked()
