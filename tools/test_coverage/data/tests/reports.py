"""Any report: small numbers and few names, so that reports often speak of the same."""

from hypothesis import strategies as st

from tools.test_coverage.data.file_coverage import Branch, FileCoverage, Function

_COUNTS = st.integers(0, 5)
_NUMBERS = st.integers(1, 4)
FILES = st.builds(
    FileCoverage,
    st.dictionaries(_NUMBERS, _COUNTS),
    st.dictionaries(st.builds(Branch, _NUMBERS, st.just(0), _NUMBERS), _COUNTS),
    st.dictionaries(st.builds(Function, _NUMBERS, st.sampled_from("fg")), _COUNTS),
)
REPORTS = st.dictionaries(st.sampled_from(["a.py", "b.py", "c.py"]), FILES)
