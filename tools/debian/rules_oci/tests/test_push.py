"""Pushing: what crane is asked to do, and in which order; here crane takes notes.

The true crane, registry and targets are tested by //tools/image/tests.
"""

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

import push
import pytest
from launch import Launch

from tools.debian.rules_oci.tests import images
from tools.debian.rules_oci.tests.images import SCRATCH, assembled

_CRANE = """#!/bin/sh
echo "$@" >>{notes}
for last; do :; done
case " $* " in *" --image-refs "*) echo host/app@sha256:1 >"$last" ;; esac
case " $* " in *" {failing} "*) exit 1 ;; esac
"""


def _crane(folder: Path, failing: str = "none") -> str:
    path = folder / "crane"
    text = _CRANE.format(notes=folder / "notes", failing=failing)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def _notes(folder: Path) -> list[str]:
    return (folder / "notes").read_text(encoding="utf-8").splitlines()


def test_arguments_replace_the_repository_and_add_tags(tmp_path: Path) -> None:
    (tmp_path / "tags.txt").write_text("dev\n\nlatest", encoding="utf-8")
    launch = Launch({"repository": "own/app", "remote_tags": "tags.txt"}, tmp_path)

    words = ["-r", "other/app", "-t", "a", "--tag", "b", "--tag=c", "--jobs=2"]

    options, rest = push.options_of(launch, words)

    assert (options.repository, rest) == ("other/app", ["--jobs=2"])
    assert options.tags == ["a", "b", "c", "dev", "latest"]


def test_flags_for_every_command_are_told_from_flags_of_the_push() -> None:
    words = ["--insecure", "-v", "--platform", "linux/amd64", "--index"]

    options, rest = push.options_of(
        Launch({"repository": "own/app"}, Path()), [*words, "--repository=x/y"]
    )

    assert options.flags == ["--insecure", "--verbose", "--platform", "linux/amd64"]
    assert (options.repository, rest) == ("x/y", ["--index"])


def test_the_repository_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "repository.txt").write_text("file/app\n", encoding="utf-8")

    options, _ = push.options_of(
        Launch({"repository_file": "repository.txt"}, tmp_path), []
    )

    assert options.repository == "file/app"


def test_no_repository_is_a_sentence_and_a_fix() -> None:
    with pytest.raises(push.PushError) as error:
        push.options_of(Launch({}, Path()), [])

    assert str(error.value) == (
        "repository not set: neither the target nor the command names one.\n"
        "Fix: pass --repository HOST/NAME after --."
    )


@pytest.mark.parametrize("flag", ["-t", "--tag", "-r", "--repository", "--platform"])
def test_a_flag_without_its_value_is_named(
    flag: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        push.options_of(Launch({"repository": "own/app"}, Path()), [flag])

    said = capsys.readouterr().err
    assert flag in said
    assert "expected one argument" in said


def asked(*tags: str, flags: Sequence[str] = ()) -> Namespace:
    return Namespace(repository="host/app", tags=tags, flags=flags)


def test_the_image_goes_by_its_digest_and_is_tagged_then(tmp_path: Path) -> None:
    image = assembled(tmp_path, "image", *SCRATCH)
    options = asked("a", "b", flags=["--insecure"])

    code = push.push(_crane(tmp_path), image, options, ["--index"])

    pushed, *tagged = _notes(tmp_path)
    wanted = f"push --insecure {image} host/app@{images.digest_of(image)} --index"
    assert code == 0
    assert pushed.startswith(f"{wanted} --image-refs ")
    assert tagged == [
        "tag --insecure host/app@sha256:1 a",
        "tag --insecure host/app@sha256:1 b",
    ]


def test_nothing_is_tagged_after_a_push_that_failed(tmp_path: Path) -> None:
    image = assembled(tmp_path, "image", *SCRATCH)

    code = push.push(_crane(tmp_path, failing="push"), image, asked("a"), [])

    assert code == 1
    assert len(_notes(tmp_path)) == 1


def test_the_first_tag_that_fails_is_the_last_one_tried(tmp_path: Path) -> None:
    image = assembled(tmp_path, "image", *SCRATCH)
    options = asked("a", "b", "c")

    code = push.push(_crane(tmp_path, failing="b"), image, options, [])

    assert code == 1
    assert [line.split()[-1] for line in _notes(tmp_path)[1:]] == ["a", "b"]
