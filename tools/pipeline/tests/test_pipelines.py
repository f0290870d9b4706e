"""Tests that the pipelines of code hosts are valid, safe, thin, and run nothing that `.ci/run` doesn't."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner

from tools.pipeline.ci_commands import ci_commands

WORKFLOWS = sorted(Path(".github/workflows").glob("*.yml"))
ACTIONS = sorted(Path(".github/actions").glob("*/action.yml"))
GITLAB = list(Path().glob(".gitlab-ci.yml"))
# A repository may have left one host's files out: tools/template.
of_github = pytest.mark.skipif(not WORKFLOWS, reason="no pipeline of GitHub is here")
of_gitlab = pytest.mark.skipif(not GITLAB, reason="no pipeline of GitLab is here")

# Flags and arguments that say where and how to run a command, and not what it does.
SAYS_HOW = re.compile(
    r" (--stamp|--(registry|output|delivered|most) \S+"
    r'|--since (?:"[^"]+"|[^\s"]+))(?= |$)'
)
# What is run, what it is given by the host, and where its output goes.
COMMAND = re.compile(r"\./bazelw (?P<command>.*?)(?: (?:>|\|).*)?$")
EXCUSE = re.compile(
    r"# Not in \.ci/run: \S.*\n\s*- (?:run: )?\./bazelw (?P<command>.*)"
)


def valid(schema: str, *files: Path) -> str:
    """Return what is wrong with files that a schema describes."""
    done = CliRunner().invoke(
        check_jsonschema, [f"--builtin-schema={schema}", *map(str, files)]
    )
    return "" if done.exit_code == 0 else done.output


def commands_of(value: Any) -> Iterator[str]:
    """Yield the commands that a pipeline runs by Bazel."""
    match value:
        case dict():
            for below in value.values():
                yield from commands_of(below)
        case list():
            for below in value:
                yield from commands_of(below)
        case str():
            for line in value.splitlines():
                if found := COMMAND.match(line):
                    yield what(found["command"])


def what(command: str) -> str:
    """Return what a command does, without how, and without what a host fills in."""
    command = re.sub(r'"\$\w+"|(?<= )[\w/]+/v\d\S*', "…", command)
    return SAYS_HOW.sub("", f" {command}").strip().removesuffix(" --")


@of_github
def test_files_are_what_github_takes() -> None:
    assert ACTIONS
    assert valid("vendor.github-workflows", *WORKFLOWS) == ""
    assert valid("vendor.github-actions", *ACTIONS) == ""


@of_gitlab
def test_files_are_what_gitlab_takes() -> None:
    assert valid("vendor.gitlab-ci", *GITLAB) == ""


def test_there_is_a_pipeline() -> None:
    assert [*WORKFLOWS, *GITLAB]


def test_a_file_that_its_host_would_refuse_is_found(tmp_path: Path) -> None:
    file = tmp_path / "x.yml"
    file.write_text("jobs: {a: {runs-on: 3}}\non: push\n")

    assert "jobs.a" in valid("vendor.github-workflows", file)


def zizmor(*files: Path) -> subprocess.CompletedProcess[str]:
    """Run zizmor without the network."""
    programs = [path for path in os.environ["ZIZMOR"].split() if "/bin/" in path]
    command = [*programs, "--offline", "--no-progress", "--config=.github/zizmor.yml"]
    return subprocess.run(
        [*command, *files], capture_output=True, text=True, check=False, timeout=60
    )


@of_github
def test_workflows_are_safe() -> None:
    done = zizmor(*WORKFLOWS, *ACTIONS)

    assert done.returncode == 0, done.stdout + done.stderr


@of_github
def test_what_is_unsafe_is_found(tmp_path: Path) -> None:
    workflow = tmp_path / ".github/workflows/x.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text(
        "on: pull_request_target\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n"
        "      - run: echo ${{ github.event.pull_request.title }}\n"
    )

    assert zizmor(workflow).returncode not in {0, 1, 2}


@pytest.mark.parametrize("file", [*WORKFLOWS, *ACTIONS, *GITLAB], ids=str)
def test_pipelines_are_thin(file: Path) -> None:
    limit = 120 if file in GITLAB else 60

    assert len(file.read_text(encoding="utf-8").splitlines()) <= limit


@pytest.mark.parametrize("file", [*WORKFLOWS, *GITLAB], ids=str)
def test_commands_are_those_of_ci(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    excused = {what(found["command"]) for found in EXCUSE.finditer(text)}

    commands = set(commands_of(yaml.safe_load(text)))

    assert excused <= commands
    missing = commands - set(map(what, ci_commands())) - excused
    assert not missing, (
        f"{file}: {sorted(missing)} not in .ci/run.\n"
        "Fix: run it there too, or say why not in a comment above it: # Not in .ci/run: …"
    )


@of_github
@of_gitlab
def test_both_hosts_run_the_same_commands() -> None:
    github = {
        command
        for file in WORKFLOWS
        for command in commands_of(yaml.safe_load(file.read_text(encoding="utf-8")))
    }
    gitlab = set(commands_of(yaml.safe_load(GITLAB[0].read_text(encoding="utf-8"))))

    # Each host has a way of its own to be given findings, and reports.
    own = re.compile(r"run //:check|//tools/pipeline:reports|--format=cobertura")
    assert {it for it in github ^ gitlab if not own.search(it)} == set()
