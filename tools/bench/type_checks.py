"""Measures what the checks of types cost when a library is edited that much depends on."""

from tools.bench.calls import CHILDREN, asked, cpu_seconds, seconds
from tools.bench.figures import Figure
from tools.nested.checkout import Checkout

ROUNDS = 3
FIRST_PARTY = ("//tools/...",)
LIBRARY = "tools/source_text/decoding.py"
MNEMONIC = "PyreflyCheck"


def checked(checkout: Checkout) -> int:
    """Build, and return of how many targets the types were checked."""
    log = checkout.root / "types.log"
    asked(checkout, "build", f"--execution_log_json_file={log}", *FIRST_PARTY)
    return log.read_text(encoding="utf-8").count(f'"mnemonic": "{MNEMONIC}"')


def types(checkout: Checkout) -> list[Figure]:
    """Measure edits of the library's interface and of a body in it."""
    checked(checkout)
    source = checkout.root / LIBRARY
    text = source.read_text(encoding="utf-8")
    server = int((checkout.output_base / "server/server.pid.txt").read_text())
    verdicts, cpus, bodies = [], [], []
    for number in range(ROUNDS):
        function = f'{text}\n\ndef revision_{number}() -> int:\n    """Return it."""\n'
        source.write_text(f"{function}    return 0\n", encoding="utf-8")
        before = cpu_seconds(server, CHILDREN)
        verdicts.append(seconds(lambda: checked(checkout)))
        cpus.append(cpu_seconds(server, CHILDREN) - before)
        source.write_text(f"{function}    return 1\n", encoding="utf-8")
        bodies.append(float(checked(checkout)))
    return [
        Figure(
            f"edit of {LIBRARY}'s interface to all verdicts", "s", 30.0, tuple(verdicts)
        ),
        Figure("the same, CPU of what it starts", "s", 40.0, tuple(cpus)),
        Figure("targets checked again after an edit in a body", "", 1.0, tuple(bodies)),
    ]
