"""How the text of each attribute becomes a part of the configuration."""

import pytest
from settings import Settings, configured, expand, items, merged_env, name_set, pairs


def test_items_are_lines_and_may_hold_escaped_newlines() -> None:
    assert items("a b\n\nc%5Cnd\n") == ["a b", "c\nd"]


def test_pairs_split_at_the_first_equals_sign_and_the_last_wins() -> None:
    assert pairs("a=1=2\n\nb\na=3") == {"a": "3", "b": ""}


def test_a_set_of_names_is_an_object() -> None:
    assert name_set("80/tcp,53/udp") == {"80/tcp": {}, "53/udp": {}}
    assert name_set("") == {}


@pytest.mark.parametrize(
    ("value", "want"),
    [
        ("/opt:$PATH", "/opt:/bin"),
        ("${PATH}x", "/binx"),
        ("$PATHx", ""),
        ("$NONE-$1", "-"),
        ("$PATH}", "/bin"),
        ("100$", "100$"),
        ("é$PATHé", "é/biné"),
    ],
)
def test_variables_stand_for_earlier_entries(value: str, want: str) -> None:
    assert expand(value, [("PATH", "/bin")]) == want


def test_an_entry_replaces_its_name_in_place_and_sees_all_before_it() -> None:
    got = merged_env(["A=1", "PATH=/bin"], "PATH=/opt:$PATH\nB=$PATH-$A\nA=2\nC=$A")

    assert got == ["A=2", "PATH=/opt:/bin", "B=/opt:/bin-1", "C=2"]


def test_an_empty_environment_file_adds_nothing() -> None:
    assert merged_env(["A"], "") == ["A="]


def test_an_entrypoint_takes_the_command_of_the_base_away() -> None:
    base = {"config": {"Cmd": ["old"], "User": "1"}}

    got = configured(base, Settings(entrypoint="/new"))

    assert got == {"config": {"User": "1", "Entrypoint": ["/new"]}}


def test_a_command_beside_an_entrypoint_stays() -> None:
    got = configured({"config": {}}, Settings(entrypoint="/new", cmd="--serve"))

    assert got == {"config": {"Cmd": ["--serve"], "Entrypoint": ["/new"]}}


def test_objects_merge_and_lists_are_replaced() -> None:
    base = {
        "config": {
            "ExposedPorts": {"1/tcp": {}},
            "Labels": {"a": "1", "b": "2"},
            "Cmd": ["a", "b"],
        }
    }

    got = configured(base, Settings(exposed_ports="2/tcp", labels="b=3\nc=4", cmd="x"))

    assert got == {
        "config": {
            "ExposedPorts": {"1/tcp": {}, "2/tcp": {}},
            "Labels": {"a": "1", "b": "3", "c": "4"},
            "Cmd": ["x"],
        }
    }


def test_the_time_of_creation_is_taken_as_it_is() -> None:
    got = configured({"created": "1970", "config": {}}, Settings(created="soon\n"))

    assert got == {"created": "soon\n", "config": {}}


def test_the_base_itself_is_left_as_it_was() -> None:
    base = {"config": {"Labels": {"a": "1"}, "Cmd": ["c"]}}

    configured(base, Settings(labels="a=2", entrypoint="/x"))

    assert base == {"config": {"Labels": {"a": "1"}, "Cmd": ["c"]}}
