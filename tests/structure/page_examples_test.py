"""The examples of a page are those that a test compiles: page_examples_test.py <page> <source>.

Of each section that the source names (`// page.md: Section`), every C++ block has to stand in the source, line by line.
"""

import pathlib
import re
import sys

page, source = (pathlib.Path(argument) for argument in sys.argv[1:])


def lines(code):
    return [" ".join(line.split()) for line in code.splitlines() if line.strip()]


compiled = lines(source.read_text())
sections = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", page.read_text(), re.M | re.S))
missing = []
names = re.findall(rf"// {re.escape(page.name)}: (.*)", source.read_text())
for name in names:
    for block in re.findall(r"```cpp\n(.*?)```", sections[name], re.S):
        wanted = lines(block)
        if not any(compiled[i : i + len(wanted)] == wanted for i in range(len(compiled))):
            missing.append(f"{name}: {wanted[0]}")
if missing or not names:
    sys.exit(f"{source} does not compile these examples of {page}:\n" + "\n".join(missing))
print(f"{page.name}: the examples of {len(names)} sections are compiled")
