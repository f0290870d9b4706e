"""Folders of distributions as one site-packages, each time in a fresh interpreter."""

import json
import subprocess
import sys
from pathlib import Path

import one_site_packages
import pytest

_CODE = """
import json, sys
import one_site_packages
one_site_packages.join()
print(json.dumps({EXPRESSION}))
"""


class Folders:
    """The folders of some distributions."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, distribution: str, path: str, text: str = "") -> None:
        """Write a file of a distribution."""
        file = self.root / distribution / "site-packages" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def value(self, code: str, **variables: str) -> object:
        """Return what an expression gives, with the distributions in reverse on the path."""
        names = sorted((path.name for path in self.root.iterdir()), reverse=True)
        hook = str(Path(one_site_packages.__file__).parent)
        path = [
            hook,
            str(self.root),
            *(f"{self.root}/{it}/site-packages" for it in names),
        ]
        done = subprocess.run(
            [sys.executable, "-S", "-c", _CODE.replace("{EXPRESSION}", code)],
            env={
                "PYTHONPATH": ":".join(path),
                "PYTHONDONTWRITEBYTECODE": "1",
                **variables,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path)


def test_roots_of_the_program_that_starts_this_come_along(
    folders: Folders, tmp_path: Path
) -> None:
    folders.write("sdk", "here.py", "X = 1\n")
    roots = [f"{tmp_path}/sdk/site-packages", f"{tmp_path}/first/party"]

    got = folders.value("sys.path", MONOREPO_IMPORT_ROOTS=":".join(roots))

    assert isinstance(got, list)
    assert [it for it in got if it in roots] == [roots[1], roots[0]]


def test_a_package_that_two_distributions_share_is_whole(folders: Folders) -> None:
    folders.write("protos", "shared/__init__.py", "OWNER = 'protos'\n")
    folders.write("sdk", "shared/sdk/trace.py", "X = 1\n")

    got = folders.value(
        "[__import__('shared.sdk.trace').OWNER, sys.modules['shared.sdk.trace'].X]"
    )

    assert got == ["protos", 1]


@pytest.mark.parametrize("above", ["", "space/", "space/deep/"])
def test_of_two_that_have_it_the_first_by_name_gives_the_package(
    folders: Folders, above: str
) -> None:
    for name in ("a", "b"):
        folders.write(name, f"{above}shared/__init__.py", f"OWNER = {name!r}\n")
        folders.write(name, f"{above}shared/of_{name}.py", "")
    module = f"{above}shared".replace("/", ".")

    got = folders.value(
        f"[[__import__(name, fromlist=['x']) for name in ('{module}.of_a', '{module}.of_b')]"
        f" and sys.modules['{module}'].OWNER]"
    )

    assert got == ["a"]


def test_pth_files_are_read_and_their_folders_come_last(folders: Folders) -> None:
    folders.write("a", "paths.pth", "more\n")
    folders.write("a", "more/extra.py")
    folders.write("b", "code.pth", "import sys; sys.hooked = True\n")

    got = folders.value("[sys.hooked, sys.path[-3:]]")

    assert got == [
        True,
        [
            f"{folders.root}/a/site-packages",
            f"{folders.root}/b/site-packages",
            f"{folders.root}/a/site-packages/more",
        ],
    ]


def test_a_distribution_hides_no_module_of_the_standard_library(
    folders: Folders,
) -> None:
    folders.write("a", "secrets.py", "raise ImportError\n")

    got = folders.value("__import__('secrets').__file__")

    assert "site-packages" not in str(got)


def test_first_party_code_comes_before_distributions(folders: Folders) -> None:
    folders.write("a", "libs/__init__.py")
    (folders.root / "libs").mkdir()
    (folders.root / "libs/__init__.py").touch()

    assert folders.value("__import__('libs').__file__") == (
        f"{folders.root}/libs/__init__.py"
    )


def test_without_shared_packages_nothing_is_added_to_the_search(
    folders: Folders,
) -> None:
    folders.write("a", "space/one.py")
    folders.write("b", "space/two.py")

    assert folders.value("[__import__('space.one') and 0, len(sys.meta_path)]") == [
        0,
        3,
    ]
