"""Write `docs/reference/bundle.md`: how large the bundle is, and what it leaves out.

    python packaging/bundle_table.py dist/segdesk FACTS.json

The sizes are those of the files; the facts are what `packaging/smoke.py --facts` found
with the same bundle.
"""

import json
import re
import statistics
import sys
from collections import Counter
from importlib.metadata import packages_distributions
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(_ROOT / "packaging" / "bundle"))

from left_out import FILES, MODULES, STRIPPED  # noqa: E402 - beside the spec

_PAGE = _ROOT / "docs" / "reference" / "bundle.md"
_SMALL = 5_000_000
_SYSTEM = "libraries of the system that it was made on"
_REST = "everything smaller than 5 MB"
_HEAD = """# What is in the bundle

Made by `packaging/bundle_table.py` from a bundle for Linux and what its smoke test
found. How bundles are made: [make a bundle](../how-to/bundle.md).

"""


def measure(bundle: Path) -> Counter[str]:
    """Return the bytes of a bundle's files, by the package that they belong to.

    Parameters
    ----------
    bundle
        The finished folder. Links count nothing.
    """
    sizes: Counter[str] = Counter()
    names = packages_distributions()
    for path in sorted(bundle.rglob("*")):
        if path.is_file() and not path.is_symlink():
            sizes[_part_of(path.relative_to(bundle), names)] += path.stat().st_size
    return sizes


def _part_of(place: Path, names: dict[str, list[str]]) -> str:
    if place.parts[0] != "_internal":
        special = {"segdesk": "all Python modules, compiled", "licences": "licences"}
        return special.get(place.parts[0], _REST)
    top = place.parts[1]
    if re.match(r"libpython|python3|base_library", top):
        return "Python"
    if top.startswith("lib") and ".so" in top:
        return _SYSTEM
    package = re.sub(r"(\.libs|-[\d.+a-z]+\.dist-info)$", "", top)
    if package == "segdesk":
        return "SegDesk: sample, sample model, icons"
    return names.get(package, [package.replace("_", "-")])[0]


def page_of(bundle: Path, facts: dict[str, object]) -> str:
    """Return the page, as Markdown.

    Parameters
    ----------
    bundle
        The finished folder.
    facts
        As the smoke test wrote them.
    """
    sizes = measure(bundle)
    total = sum(sizes.values())
    starts = facts["start_s"]
    assert isinstance(starts, list)
    lines = [
        "| what | figure | goal |",
        "|---|---|---|",
        f"| size on disk | {total / 1e6:,.0f} MB | 1,200 MB |",
        f"| start to a drawn window, median of {len(starts)} | "
        f"{statistics.median(starts):.2f} s (worst {max(starts):.2f} s) | 2 s |",
        "",
        "## Where the size goes",
        "",
        "| part | MB | share |",
        "|---|---|---|",
    ]
    small = sum(size for size in sizes.values() if size < _SMALL)
    large = {part: size for part, size in sizes.items() if size >= _SMALL}
    large[_REST] = large.get(_REST, 0) + small
    for part, size in sorted(large.items(), key=lambda row: -row[1]):
        lines.append(f"| {part} | {size / 1e6:.0f} | {100 * size / total:.0f} % |")
    lines += [
        "",
        "## What the smoke test did with it",
        "",
        "| step | found |",
        "|---|---|",
    ]
    lines += [
        f"| {step} | {said} |" for step, said in facts.items() if step != "start_s"
    ]
    lines += ["", "## What is left out", "", "| why | modules |", "|---|---|"]
    lines += [_row(why, names) for why, names in MODULES.items()]
    lines += ["", "| why | files |", "|---|---|"]
    lines += [_row(why, patterns) for why, patterns in FILES.items()]
    stripped = ", ".join(f"`{name}`" for name in STRIPPED)
    lines += [
        "",
        "Qt's translations stay for English and Chinese. Libraries that only a file "
        "left out had asked for go too. Debug symbols are taken out of "
        f"{stripped}, and of no other library: what a wheel's repair tool has "
        "rewritten breaks by it.",
        "",
    ]
    return _HEAD + "\n".join(lines)


def _row(why: str, names: tuple[str, ...]) -> str:
    return f"| {why} | {', '.join(f'`{name}`' for name in names)} |"


def main(arguments: list[str]) -> int:
    """Write the page of the bundle that is named."""
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    bundle, facts = map(Path, arguments)
    page = page_of(bundle, json.loads(facts.read_text(encoding="utf-8")))
    _PAGE.write_text(page, encoding="utf-8")
    print(f"written to {_PAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
