"""What `py_image` refuses, and says."""

import json

import pytest

from tools.image.cases.builds import built, layer_of
from tools.nested.checkout import Checkout

_BUILD = '''"""An image."""

load("@rules_python//python:py_binary.bzl", "py_binary")
load("@rules_python//python:py_library.bzl", "py_library")
load("//tools/image:defs.bzl", "py_image")

package(default_visibility = ["//case:__subpackages__"])

py_library(
    name = "lib",
    srcs = ["lib.py"],
)

py_binary(
    name = "app",
    srcs = ["app.py"],
    deps = [{deps}],
)

py_image({arguments})
'''


def write(checkout: Checkout, folder: str, arguments: str, deps: str = "") -> None:
    """Write a package with an image."""
    for name in ("app.py", "lib.py"):
        checkout.write(f"{folder}/{name}", "")
    text = _BUILD.replace("{arguments}", arguments).replace("{deps}", deps)
    checkout.write(f"{folder}/BUILD.bazel", text)


@pytest.mark.parametrize(
    ("arguments", "want"),
    [
        pytest.param(
            'name = "image", binary = ":app", cmd = "serve", exposed_ports = "8000/tcp"',
            '//case:image can be no image: cmd is the string "serve", wanted a list.\n'
            'Fix: cmd = ["serve"].\n'
            '//case:image can be no image: exposed_ports is the string "8000/tcp", wanted a list.\n'
            'Fix: exposed_ports = ["8000/tcp"].',
            id="strings-for-lists",
        ),
        *(
            pytest.param(
                f'name = "image", binary = ":app", exposed_ports = ["8000/tcp", "{port}"]',
                f'//case:image can be no image: exposed_ports has "{port}", wanted a port from 1 to 65535',
                id=f"port-{port.replace('/', '-')}",
            )
            for port in ("eighty", "0/tcp", "65536/tcp", "80/tpc", "80/")
        ),
        pytest.param(
            'name = "image", binary = ":app", labels = {"a": "b\\nc=d"}',
            '//case:image can be no image: labels has {"a": "b\\nc=d"}, wanted a name without "=" and one line.',
            id="a-label-of-two-lines",
        ),
        pytest.param(
            'name = "image", binary = ":app", env = {"A=B": "c"}',
            '//case:image can be no image: env has {"A=B": "c"}, wanted a name without "=" and one line.',
            id="a-variable-with-a-sign",
        ),
        pytest.param(
            'name = "image", binary = ":lib"',
            " //case:lib is no program: it starts no module.\nFix: name a py_binary.",
            id="a-library",
        ),
    ],
)
def test_arguments_that_make_no_image_are_refused(
    checkout: Checkout, arguments: str, want: str
) -> None:
    write(checkout, "case", arguments)

    got = checkout.bazel("build", "--nobuild", "//case:all")

    assert got.exit_code == 1
    assert want in got.text
    assert "@@//case" not in got.text


def test_an_image_of_any_name_has_a_push_and_a_place_of_its_own(
    checkout: Checkout,
) -> None:
    write(checkout, "case", 'name = "push_it", binary = ":app", platforms = []')

    got = checkout.bazel("build", "//case:push_it_plan", "//case:push_it.push")

    assert got.exit_code == 0, got.text
    plan = checkout.root / "bazel-bin/case/push_it_plan.json"
    found = json.loads(plan.read_text())
    assert found["image"] == "//case:push_it"
    assert found["repository"].endswith("/case/push_it")


def test_the_root_has_no_image(checkout: Checkout) -> None:
    image = 'load("//tools/image:defs.bzl", "py_image")\n\npy_image(name = "image", binary = "//case:app")'
    with (checkout.root / "BUILD.bazel").open("a") as file:
        file.write(f"\n{image}\n")

    got = checkout.bazel("build", "--nobuild", "//:all")

    assert got.exit_code == 1
    assert (
        "//:image can be no image: it lies in the root, and its folder is its name in a registry.\n"
        "Fix: declare it in a folder, such as services/NAME."
    ) in got.text


def test_a_base_that_is_no_image_is_refused(checkout: Checkout) -> None:
    write(checkout, "case", 'name = "image", binary = ":app", base = "lib.py"')

    got = checkout.bazel("build", "--norun_validations", "//case:image")

    assert got.exit_code == 1
    assert "//case:image has case/lib.py as its base, which is no OCI" in got.text
    assert "Traceback" not in got.text


@pytest.mark.parametrize(
    ("registry", "problem"),
    [
        ("https://registry.example.com/team", "it has a scheme"),
        ("registry.example.com/Team", "registries take lower case only"),
        ("team", "that is no host, and a client would go to Docker Hub"),
    ],
)
def test_a_registry_that_clients_take_for_another_is_refused(
    checkout: Checkout, registry: str, problem: str
) -> None:
    flag = f"--//tools/image:registry={registry}"
    write(checkout, "case", 'name = "image", binary = ":app"')

    got = checkout.bazel("build", "--nobuild", flag, "//case:push")

    assert got.exit_code == 1
    assert (
        f"{flag}: {problem}. Fix: name HOST or HOST/PREFIX, such as registry.example.com/team."
    ) in got.text


def test_folders_of_any_name_have_their_own_layers(checkout: Checkout) -> None:
    image = 'name = "image", binary = ":app"'
    deps = ['"//case_lib:lib"', '"//case/lib:lib"', '"@pip//idna"']
    write(checkout, "distributions", image, ", ".join(deps))
    for folder in ("case_lib", "case/lib"):
        write(checkout, folder, image)
        text = (checkout.root / folder / "BUILD.bazel").read_text()
        public = text.replace("//case:__subpackages__", "//:__subpackages__")
        checkout.write(f"{folder}/BUILD.bazel", public)

    (got,) = built(checkout, "//distributions:image")

    places = ["distributions/app.py", "case_lib/lib.py", "case/lib/lib.py"]
    assert len({layer_of(got, f"app/{place}") for place in places}) == 3
