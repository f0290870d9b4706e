"""Tests of calling mmdebstrap."""

from pathlib import Path

from tools.debian.root import bootstrap

ROOT = Path("/cache/root")


def test_mirror_serves_the_suite_and_its_fallback() -> None:
    got = bootstrap.command(ROOT, "http://mirror.invalid/suite/", [])

    assert got[-4:] == [
        "forky",
        "/cache/root",
        "deb http://mirror.invalid/suite/ forky main",
        "deb http://mirror.invalid/suite/ sid main",
    ]


def test_without_a_mirror_mmdebstrap_uses_its_own() -> None:
    assert bootstrap.command(ROOT, None, [])[-2:] == ["forky", "/cache/root"]


def test_options_of_the_hosts_apt_reach_the_root() -> None:
    got = bootstrap.command(ROOT, None, ['Acquire::http::Proxy "http://proxy.test";'])

    assert '--aptopt=Acquire::http::Proxy "http://proxy.test";' in got
    assert '--aptopt=APT::Default-Release "forky";' in got


def test_failure_quotes_the_errors_and_names_the_log(tmp_path: Path) -> None:
    log = tmp_path / "prepare.log"
    log.write_text(
        "I: running apt-get update...\nErr:1 mirror forky InRelease\n"
        "E: Unable to locate package bazel\nE: mmdebstrap failed to run\n",
        "utf-8",
    )

    got = str(bootstrap.failure(log))

    assert got == (
        "the Debian root could not be made.\n"
        f"found these errors (all of it: {log}), wanted none:\n"
        "  E: Unable to locate package bazel\n"
        "  E: mmdebstrap failed to run\n"
        "Fix: see that `apt-get update` works here and that the disk has room, then run"
        " this again; nothing half-made is kept."
    )
