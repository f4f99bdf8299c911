"""What a person sees on the dashboard in a real browser: tables, figures, cells; and what is wrong with its pages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from playwright.sync_api import Browser
from tests.fakes.accessibility import barriers
from tests.fakes.browser import DRAWN, complaints

_LOOK = """() => {
  const text = (one) => {
    const copy = one.cloneNode(true);
    copy.querySelectorAll('small').forEach((small) => small.remove());
    return copy.textContent.trim();
  };
  const named = (kind) => [...document.querySelectorAll(kind)];
  const rows = (table) => [...table.rows].map((row) => [...row.cells].map(text));
  return {
    tables: Object.fromEntries(named('table[id]').map((one) => [one.id, rows(one)])),
    figures: Object.fromEntries(named('[id^=figure-], [id^=sum-]').map((one) => [one.id, text(one)])),
    cells: named('.matrix .cell').map((one) => [...one.querySelectorAll('a, .c-due, b')].map(text)),
    links: named('.lead-cell a').map((one) => one.getAttribute('href')),
  };
}"""
_DIGITS = frozenset("0123456789.")


@dataclass(frozen=True)
class SeenPage:
    """One page: rows of tables by id, figures by id, the matrix's cells, and where the rows of a list lead to."""

    tables: Mapping[str, list[list[str]]]
    figures: Mapping[str, str]
    cells: list[list[str]]
    links: list[str]


@dataclass(frozen=True)
class SeenPages:
    """Several pages by their path, in one language and width."""

    pages: Mapping[str, SeenPage]
    wrong: list[str]

    def table(self, path: str, name: str) -> list[list[str]]:
        """The rows of a table without its heading."""
        return self.pages[path].tables[name][1:]

    def figure(self, path: str, name: str) -> str:
        """A figure by its id."""
        return self.pages[path].figures[name]


def look_at(started: Browser, url: str, paths: Iterable[str], *, width: int, language: str) -> SeenPages:
    """Open each page and let its charts be drawn; `wrong` has what the console and axe say, and what is too wide."""
    context = started.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    heard = complaints(page)
    pages, wrong = {}, []
    for path in paths:
        answer = page.goto(f"{url}{path}{'&' if '?' in path else '?'}lang={language}")
        page.wait_for_function(DRAWN)
        pages[path] = SeenPage(**page.evaluate(_LOOK))
        is_wide = page.evaluate("document.documentElement.scrollWidth") > width
        troubles = (*barriers(page), *heard, *(["wider than the screen"] if is_wide else []))
        wrong += [f"{path}: {one}" for one in troubles]
        wrong += [] if answer is not None and answer.ok else [f"{path}: not there"]
        heard.clear()
    context.close()
    return SeenPages(pages, wrong)


def number(text: str) -> Decimal | None:
    """Read an amount, a share or a count as a page writes it in either language; None for a dash."""
    digits = "".join(one for one in text if one in _DIGITS)
    if not digits:
        return None
    return -Decimal(digits) if "\N{MINUS SIGN}" in text else Decimal(digits)
