"""Tests of what a clone becomes when a team makes it its own."""

from pathlib import Path

import pytest

from tools.scaffold.mentions import Project
from tools.scaffold.projects import RefusedError
from tools.scaffold.tests.trees import lay_out
from tools.template.init import CI, MODULE, README, main, named, samples, shown_service

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
    with pytest.raises(RefusedError, match="found no command that starts a service"):
        shown_service(TEXTS | {README: "# x\n"}, "services/hello")


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
