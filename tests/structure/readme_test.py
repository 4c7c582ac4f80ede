"""The README's first program is the one in examples/minimal, and short: readme_test.py <repository>."""

import pathlib
import re
import sys

repository = pathlib.Path(sys.argv[1])
in_readme = re.search(r"```cpp\n(.*?)```", (repository / "README.md").read_text(), re.S).group(1)
example = (repository / "examples/minimal/main.cpp").read_text()
without_comment = re.sub(r"\A(//[^\n]*\n)+\n", "", example)

if in_readme != without_comment:
    sys.exit("README.md and examples/minimal/main.cpp show different programs")
if len(in_readme.splitlines()) > 30:
    sys.exit("the README's first program has more than 30 lines")
print("the README's program is the tested one")
