"""Tests of what a clone becomes when a team makes it its own."""

from pathlib import Path

import pytest

from tools.scaffold.mentions import Project
from tools.scaffold.projects import RefusedError
from tools.scaffold.tests.trees import lay_out
from tools.template.init import (
    CI,
    MODULE,
    NOTICE,
    README,
    SETTINGS,
    licensed,
    main,
    named,
    samples,
    shown_service,
)
from tools.template.version import RECORD

PROGRAMS = ("--ruff=ruff", "--buildifier=buildifier", "--buildozer=buildozer")
TEXTS = {
    MODULE: 'module(\n    name = "monorepo",\n)\n\nbazel_dep(name = "platforms")\n',
    README: (
        "# Python monorepo on Bazel\n\n```console\n$ ./bazelw test //...\n"
        "$ ./bazelw run //services/shop\nshop serves on http://x. Try:\ncurl x\n```\n\n"
        "| `services/shop` | a shop |\n\n`./bazelw run //services/shop:push`\n"
    ),
    CI: (
        "# Tries the line that it prints.\npaste() {\n  grep x\n}\n\nserve ./bazelw run "
        "//services/shop\nstep paste\nstop\nstep ./bazelw run //services/shop:push\n"
    ),
    "coverage.toml": '[floor."services/shop"]\nlines = 95\n',
    ".github/x.yml": "x: 1\n",
    ".gitlab-ci.yml": "x: 1\n",
    "LICENSE": "Apache License\n",
    NOTICE: "Python monorepo on Bazel\n",
    SETTINGS: 'LICENCE = "Apache-2.0"\n\nPROJECTS = {}\n',
    "services/shop/README.md": "# services/shop\n",
    "services/shop/app.py": "from services.shop import x\n",
}


def test_the_name_is_the_module_s_and_the_title() -> None:
    got = named(TEXTS, "acme")

    assert got[MODULE].startswith('module(\n    name = "acme",\n)')
    assert got[README].startswith("# acme\n\n")
    assert 'name = "platforms"' in got[MODULE]


def test_samples_are_all_libraries_and_services() -> None:
    made = ["libs/hello/x.py", "services/greeter/x.py"]
    paths = [
        "libs/a/b/x.py",
        "libs/README.md",
        "services/c/x.py",
        "tools/d/x.py",
        *made,
    ]

    assert samples(paths) == ["libs/a", "services/c"]


def test_another_service_is_the_example_of_readme_and_ci() -> None:
    assert shown_service(TEXTS, "services/hello") == {
        README: (
            "# Python monorepo on Bazel\n\n```console\n$ ./bazelw test //...\n"
            "$ ./bazelw run //services/hello\n```\n\n\n"
            "`./bazelw run //services/hello:push`\n"
        ),
        CI: (
            "serve ./bazelw run //services/hello\nstop\n"
            "step ./bazelw run //services/hello:push\n"
        ),
    }
    assert shown_service(TEXTS, "services/shop") == {}
    with pytest.raises(RefusedError, match="found no command that starts a service"):
        shown_service(TEXTS | {README: "# x\n"}, "services/hello")


def test_licence_is_said_by_its_text_the_notice_and_the_settings() -> None:
    kept = licensed(TEXTS, "Apache-2.0", "acme")
    changed = licensed(TEXTS, "MIT", "acme")
    closed = licensed(TEXTS, "LicenseRef-Proprietary", "acme")

    assert list(kept) == [NOTICE]
    assert kept[NOTICE].startswith("acme\nCopyright 2")
    assert changed["LICENSE"].startswith("MIT License\n\nCopyright (c) 2")
    assert " the authors of acme\n" in changed["LICENSE"]
    assert changed[SETTINGS] == 'LICENCE = "MIT"\n\nPROJECTS = {}\n'
    assert "Licensed under MIT; see LICENSE." in changed[NOTICE]
    assert "the authors of acme. All rights reserved." in closed["LICENSE"]
    with pytest.raises(
        RefusedError, match=r"wanted Apache-2\.0, LicenseRef-Proprietary, MIT"
    ):
        licensed(TEXTS, "GPL-1.0", "acme")


def test_one_host_s_files_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out(tmp_path, TEXTS)
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))

    assert main([*PROGRAMS, "--name=acme", "--host=gitlab", "--license=MIT"]) == 0
    assert not (tmp_path / ".github").exists()
    assert (tmp_path / ".gitlab-ci.yml").exists()
    assert 'LICENCE = "MIT"' in (tmp_path / SETTINGS).read_text()
    # A commit, since the repository has no tag.
    assert len((tmp_path / RECORD).read_text()) == 41


def test_what_git_could_not_tell_apart_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lay_out(tmp_path, TEXTS)
    monkeypatch.setenv("BUILD_WORKSPACE_DIRECTORY", str(tmp_path))

    assert main([*PROGRAMS, "--name", "Acme"]) == 1
    assert capsys.readouterr().err.startswith('"Acme": is no name of a module')
    assert main([*PROGRAMS, "--name", "acme"]) == 0
    assert (tmp_path / README).read_text().startswith("# acme\n")
    assert Project("services/shop").sure.search((tmp_path / CI).read_text())
    capsys.readouterr()
    assert main([*PROGRAMS, "--name", "acme"]) == 1
    assert capsys.readouterr().err.startswith("The work tree has changes")
