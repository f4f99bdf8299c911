"""The CRM and Slack side by side in a browser, and what people do there."""

from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import Locator, Page, expect
from tests.fakes.played import PlayedSandbox

SETTLED = 15
"""Seconds after which a move has settled, by the rules that are shipped for the sandbox (10 seconds)."""
PATIENCE_MS = 20_000

_TRIES = 4
_UNRATED = """rows => rows.filter(row => row.cells[5].textContent === "—").map(
    row => [Number(row.cells[4].textContent.replace(/[^0-9]/g, "")), row.querySelector("a").getAttribute("href")])"""

expect.set_options(timeout=PATIENCE_MS)


@dataclass(frozen=True, kw_only=True)
class Renewal:
    """An opened renewal, who looks after it, and that person's manager."""

    url: str
    account: str
    csm: str
    boss: str


@dataclass(frozen=True, kw_only=True)
class TwoTabs:
    """One person at a desk with both tabs open; `wording` is how the org's language labels what is pressed."""

    play: PlayedSandbox
    crm: Page
    slack: Page
    wording: "Wording"

    def renewals(self) -> list[str]:
        """The addresses of the renewals that nobody has rated yet, those worth most first, once there are any."""
        rows = self.crm.locator("tbody tr")
        for _ in range(40):
            self.crm.goto(f"{self.play.crm}/opportunities?kind=by_sync")
            if found := rows.evaluate_all(_UNRATED):
                return [f"{self.play.crm}{path}" for _, path in sorted(found, reverse=True)]
            self.crm.wait_for_timeout(250)
        raise AssertionError("no renewal was opened")

    def renewal(self, url: str) -> Renewal:
        """Read about a renewal, and whom its owner reports to."""
        self.crm.goto(url)
        account, owner = self.field("AccountId"), self.field("OwnerId")
        name, csm = account.inner_text(), owner.inner_text()
        owner.get_by_role("link").click()
        return Renewal(url=url, account=name, csm=csm, boss=self.field("ManagerId").inner_text())

    def field(self, name: str) -> Locator:
        """A field's value on the record that is open."""
        return self.crm.locator(f"dt[title='{name}'] + dd")

    def rank(self, renewal: Renewal, rank: str, *, by: str) -> None:
        """Change a renewal's rank by the form, as somebody; anew where csops-sync wrote its figures meanwhile."""
        for _ in range(_TRIES):
            self._save_rank(renewal, rank, by=by)
            if self.crm.url.startswith(renewal.url) and not self.crm.url.rstrip("/").endswith("/edit"):
                break
        expect(self.crm.get_by_role("status")).to_have_text(self.wording.saved)

    def _save_rank(self, renewal: Renewal, rank: str, *, by: str) -> None:
        self.crm.goto(f"{renewal.url}/edit")
        self.crm.get_by_label(self.wording.confidence).select_option(rank)
        self.crm.get_by_label(self.wording.edit_as).select_option(label=by)
        with self.crm.expect_navigation():
            self.crm.get_by_role("button", name=self.wording.save).click()

    def settled(self, renewal: Renewal, *ranks: str, by: str) -> None:
        """Change a renewal's rank, each change settled before the next."""
        for rank in ranks:
            self.rank(renewal, rank, by=by)
            self.play.advance(seconds=SETTLED)

    def sit_down(self, who: str, *, channel: str) -> None:
        """Look at a channel as somebody, by the page's own controls."""
        self.slack.goto(self.play.slack)
        self.slack.locator("#side li").get_by_role("link", name=channel).first.click()
        self.slack.locator("#who").select_option(label=who)
        expect(self.slack.locator("#who option:checked")).to_have_text(who)
        expect(self.slack.locator("#room h1")).to_contain_text(channel)

    def cards(self, renewal: Renewal) -> Locator:
        """A renewal's cards in the channel that is open: the messages about it with a way to its record."""
        messages = self.slack.locator("#room > article.msg").filter(has_text=renewal.account)
        return messages.filter(has_text=self.wording.standing)

    def tasks(self, renewal: Renewal) -> Locator:
        """The Tasks on a renewal's record page, once the page is opened anew."""
        self.crm.goto(renewal.url)
        return self.crm.locator(".tasks li")

    def expect_tasks(self, renewal: Renewal, count: int) -> Locator:
        """Open the record page until it has so many Tasks, and give them, newest first."""
        for _ in range(40):
            if self.tasks(renewal).count() == count:
                break
            self.crm.wait_for_timeout(500)
        found = self.tasks(renewal)
        expect(found).to_have_count(count)
        return found


@dataclass(frozen=True, kw_only=True)
class Wording:
    """Labels of the pages and of cards in one language. `standing` stands on cards alone."""

    language: Literal["ja", "en"]
    confidence: str
    edit_as: str
    save: str
    saved: str
    standing: str
    take: str
    waiting: str
    taken: str
    add_note: str
    note: str
    keep: str
    better: str
    worse: str
    task: str
    note_task: str
    one_reply: str


JAPANESE = Wording(
    language="ja",
    confidence="ヨミ",
    edit_as="編集するユーザー",
    save="保存",
    saved="保存しました",
    standing="現契約の年額",
    take="対応します",
    waiting="回答待ち",
    taken="さんが対応します",
    add_note="メモを追加",
    note="メモ",
    keep="保存",
    better="確度が上がりました",
    worse="確度が下がりました",
    task="確度の変化に対応",
    note_task="確度についてのメモ",
    one_reply="1 件の返信",
)
ENGLISH = Wording(
    language="en",
    confidence="Confidence",
    edit_as="Edit as",
    save="Save",
    saved="Saved",
    standing="Amount in force",
    take="I'm on it",
    waiting="Waiting for an answer from",
    taken="is on it",
    add_note="Add a note",
    note="Note",
    keep="Save",
    better="is looking better",
    worse="has gone down",
    task="Took over a change of confidence",
    note_task="Note on confidence",
    one_reply="1 reply",
)
