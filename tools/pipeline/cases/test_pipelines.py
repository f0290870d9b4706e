"""The pipelines of both hosts, run without either: each command of theirs, in its order and with its variables.

`bazelw` notes every command. It does what is cheap: `test` of one library, reports, the
login, a delivery of one image to a registry on loopback, a release. It does nothing of
the rest, each of which `.ci/run` does: what is shown there is that a host calls it.
"""

import json
import os
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from string import Template

import pytest
import yaml

from tools.image.publish.registry import Registry
from tools.nested.cases.projects import add_projects
from tools.nested.checkout import Checkout
from tools.pipeline.cases.hosts import GitHub, GitLab
from tools.registry import serving

RECORDER = r"""#!/bin/bash
[[ -z ${BUILD_WORKSPACE_DIRECTORY-} ]] || exec ./bazelw-real "$@"
printf '%s\n' "$*" >>.git/calls
case $* in
"coverage //..." | "test //...") exec ./bazelw-real test //case/shop/tests/... ;;
*//tools/pipeline:deliver*127.0.0.1:*) exec ./bazelw-real "$@" --only //case/shop/... ;;
*//tools/image:tag*127.0.0.1:* | *//tools/pipeline:cache_size* | *//tools/pipeline:reports* | *//tools/registry:login*)
  exec ./bazelw-real "$@" ;;
esac
"""
TAG = "shop/v1.0"
SHARED = "build --remote_retries=1"
CRANE = shutil.which("crane") or "crane"


@pytest.fixture
def recorded(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Checkout]:
    """Give a checkout whose `bazelw` notes what it is asked, and a folder for credentials."""
    root = checkout.root
    (root / "bazelw").rename(root / "bazelw-real")
    checkout.write("bazelw", RECORDER)
    (root / "bazelw").chmod(0o755)
    add_projects(checkout, ["shop"])
    commit(checkout)
    checkout.git("remote", "add", "origin", "https://host.example/acme/monorepo.git")
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    yield checkout
    checkout.git("remote", "remove", "origin")
    (root / ".git/calls").unlink(missing_ok=True)


def commit(checkout: Checkout) -> str:
    """Commit what differs, and return the commit."""
    checkout.git("add", "--all")
    checkout.git("commit", "--quiet", "--message=change")
    return checkout.git("rev-parse", "HEAD").strip()


def calls(checkout: Checkout) -> list[str]:
    """Return the commands since the last time."""
    file = checkout.root / ".git/calls"
    lines = file.read_text().splitlines()
    file.unlink()
    return lines


def written(checkout: Checkout, *jobs: str, **variables: str) -> list[str]:
    """Return the commands of GitLab's jobs, with their variables."""
    file = yaml.safe_load((checkout.root / ".gitlab-ci.yml").read_text())
    lines = [
        Template(re.sub(r" >.*", "", line)).substitute(variables)
        for job in jobs
        for line in [*file[job]["script"], *file[job].get("after_script", [])]
    ]
    return [" ".join(shlex.split(line)[1:]) for line in lines]


def tags(registry: Registry, repository: str) -> set[str]:
    """Return the tags of a repository, but those by which a registry finds documents."""
    return {tag for tag in registry.tags(repository) if tag[:7] != "sha256-"}


def test_gitlab_verifies_delivers_and_releases(
    recorded: Checkout, tmp_path: Path
) -> None:
    gitlab = GitLab(tmp_path)
    root = recorded.root
    first = recorded.git("rev-parse", "HEAD").strip()

    base = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": "HEAD~1"}
    gitlab.run(root, "merge_request_event", **base)
    assert calls(recorded) == written(recorded, "verify", **base)
    assert list((root / "reports").glob("case.shop.tests.*.xml"))

    with serving.running(CRANE) as address:
        place = f"{address}/acme"
        login = {"CI_REGISTRY_USER": "ci", "CI_REGISTRY_PASSWORD": "secret"}
        host = {"CI_REGISTRY_IMAGE": place, "CI_DEFAULT_BRANCH": "main", **login}
        main = {**host, "CI_COMMIT_BRANCH": "main"}
        gitlab.run(root, "push", **main)
        known = {"REGISTRY": place, "CACHE_GB": "5"}
        assert calls(recorded) == written(recorded, "pages", "deliver", **known)
        registry = Registry(CRANE)
        repository = f"{place}/case/shop"
        assert tags(registry, repository) == {first, "latest"}

        (root / "delivered.json").unlink()
        recorded.write("README.md", "Another text.\n")
        commit(recorded)
        said = gitlab.run(root, "push", **main)
        assert f"skipped  //case/shop:image: as {first[:12]} delivered" in said
        assert "; 0 bytes were new" in said
        assert tags(registry, repository) == {first, "latest"}
        (image,) = json.loads((root / "delivered.json").read_text())["images"]
        assert image["tags"] == [first]
        calls(recorded)

        gitlab.run(root, "push", **host, CI_COMMIT_TAG=TAG)
        known = {"REGISTRY": place, "CI_COMMIT_TAG": TAG}
        assert calls(recorded) == written(recorded, "release", **known)
        assert registry.digest(f"{repository}:v1.0") == image["digest"]

    gitlab.run(root, "schedule")
    assert calls(recorded) == written(recorded, "nightly")


def test_each_step_of_github_runs(recorded: Checkout, tmp_path: Path) -> None:
    root = recorded.root
    (tmp_path / "sudo").write_text("#!/bin/sh\n")
    (tmp_path / "sudo").chmod(0o755)
    summary = tmp_path / "summary"
    base = "github.event.pull_request.base.sha || github.event.merge_group.base_sha"
    github = GitHub(
        {
            "github.actor": "ci",
            "github.ref_name": TAG,
            "github.repository": "acme/monorepo",
            "github.token": "secret",
            "secrets.COSIGN_PASSWORD": "",
            "secrets.COSIGN_PRIVATE_KEY": "",
            "secrets.BAZELRC_MAIN": "",
            "vars.BAZELRC": SHARED,
            "vars.UV_DEFAULT_INDEX": "",
            base: "HEAD~1",
        },
        {
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "GITHUB_STEP_SUMMARY": f"{summary}",
        },
    )

    for workflow in ("verify", "main", "deliver", "release", "nightly"):
        text = (root / f".github/workflows/{workflow}.yml").read_text()
        github.run(root, workflow)
        made = calls(recorded)

        assert len(made) == text.count("run: ./bazelw "), workflow
        assert not [call for call in made if "$" in call or "  " in call]

    assert summary.exists()
    assert SHARED in (root / ".bazelrc.user").read_text().splitlines()
    logins = json.loads((tmp_path / "docker/config.json").read_text())["auths"]
    assert list(logins) == ["ghcr.io"]
