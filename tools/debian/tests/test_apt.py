"""Tests of carrying the host's apt over."""

from tools.debian.root import apt

SECURITY = "file:/srv/debian-security/|bookworm-security|Debian"
UPDATES = "file:/srv/debian/|bookworm-updates|Debian"
MAIN = "file:/srv/debian/|bookworm|Debian"


def test_mirror_is_that_of_the_main_suite() -> None:
    got = apt.choose_mirror(f"{SECURITY}\n{UPDATES}\n{MAIN}\n")

    assert got == "file:/srv/debian/"


def test_mirror_of_another_distribution_is_not_taken() -> None:
    got = apt.choose_mirror("file:/srv/ubuntu/|noble|Ubuntu\n")

    assert got is None


def test_mirror_is_told_by_its_path_before_its_lists_were_fetched() -> None:
    got = apt.choose_mirror("file:/srv/ubuntu/||\nfile:/srv/debian/||\n")

    assert got == "file:/srv/debian/"


def test_mirror_without_closing_slash_is_found() -> None:
    assert apt.choose_mirror("file:/srv/debian||\n") == "file:/srv/debian"


def test_options_carry_how_a_mirror_is_reached_and_nothing_else() -> None:
    dump = "\n".join(
        (
            'APT::Architecture "amd64";',
            'Acquire "";',
            'Acquire::http "";',
            'Acquire::http::Proxy "http://proxy.test:3128";',
            'Acquire::https::CaInfo "/etc/corp.pem";',
            'Acquire::Check-Valid-Until "true";',
            'Acquire::Languages "none";',
            'Dir::Cache "var/cache/apt";',
        )
    )

    got = apt.carried_options(dump)

    assert got == [
        'Acquire::http::Proxy "http://proxy.test:3128";',
        'Acquire::https::CaInfo "/etc/corp.pem";',
        'Acquire::Check-Valid-Until "false";',
    ]
