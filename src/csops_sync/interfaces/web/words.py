"""The dashboard's words in both languages. A key that is not here is a bug, and raises."""

from collections.abc import Mapping

from csops_sync.interfaces.web.words_of_calls import CALLS
from csops_sync.interfaces.web.words_of_codes import CODES
from csops_sync.interfaces.web.words_of_reports import REPORTS

LANGUAGES = ("ja", "en")
NAMES_OF_LANGUAGES: Mapping[str, str] = {"ja": "日本語", "en": "English"}

_WORDS: Mapping[str, tuple[str, str]] = {
    "product": ("csops-sync", "csops-sync"),
    "skip": ("本文へ移動", "Skip to content"),
    "nav": ("ページ", "Pages"),
    "language": ("表示言語", "Language"),
    "signed.as": ("{name} としてサインイン中", "Signed in as {name}"),
    "sign.out": ("サインアウト", "Sign out"),
    "sign.in": ("サインイン", "Sign in"),
    "sign.in.title": ("サインインしてください", "Please sign in"),
    "sign.in.text": (
        "更新の金額を見るには、会社のアカウントでサインインしてください。",
        "Renewal figures are shown to people who sign in with their work account.",
    ),
    "scope.own": ("自分とチームの更新のみ", "You and your team only"),
    "basis.as_of": ("基準日", "As of"),
    "basis.known_at": ("データ時点", "Known at"),
    "basis.currency": ("通貨", "Currency"),
    "basis.rates": ("換算レート", "Rates"),
    "rates.pinned": ("ルールで固定", "Pinned in the rules"),
    "rates.dated": ("Salesforce の {day} 時点のレート", "Salesforce's rates of {day}"),
    "rates.periods": ("Salesforce の期間ごとのレート", "Salesforce's rates, of each period's own days"),
    "basis.profile": ("定義", "Definitions"),
    "basis.rules": ("ルール", "Rules"),
    "basis.title": ("数字の前提", "What these numbers stand on"),
    "page.overview": ("概要", "Overview"),
    "page.renewals": ("更新一覧", "Renewals"),
    "page.renewal": ("更新", "Renewal"),
    "page.matrix": ("マトリクス", "Matrix"),
    "page.operations": ("運用", "Operations"),
    "chart.table": ("数値の表", "The numbers"),
    "none": ("なし", "None"),
    "total": ("合計", "Total"),
    "months": ("月", "Month"),
    "quarters": ("四半期", "Quarter"),
    "terms": ("件数", "Count"),
    "terms.n": ("{n} 件", "{n} renewals"),
    "terms.one": ("1 件", "1 renewal"),
    "due": ("更新対象額", "Due"),
    "landing": ("着地見込", "Landing"),
    "range": ("80% 範囲", "80 % range"),
    "won": ("受注済", "Won"),
    "lost": ("失注", "Lost"),
    "open": ("未確定", "Still open"),
    "target": ("目標", "Target"),
    "unjudged": ("判定不可", "Not judged"),
    "unjudged.note": (
        "{n} 件は金額・通貨などが不足し、合計に含めていません。",
        "Not judged: {n}. Each lacks an amount or a rate, and is in no sum.",
    ),
    "span": ("対象期間", "Due in"),
    "span.quarter": ("今四半期", "This quarter"),
    "span.year": ("今年度", "This fiscal year"),
    "span.ahead": ("今後 4 四半期", "Next four quarters"),
    "overview.lead": (
        "{first} から {last} までに満了する契約の更新見込み",
        "Where the contracts ending {first} – {last} will land",
    ),
    "overview.of_base": ("更新対象額 {due} の {share}", "{share} of {due} due"),
    "overview.of_target": ("目標比", "Against target"),
    "overview.gap.over": ("目標 {target} を {gap} 上回る", "{gap} above the target of {target}"),
    "overview.gap.under": ("目標 {target} まで {gap}", "{gap} short of the target of {target}"),
    "overview.no_target": ("目標は未設定です", "No target is set"),
    "overview.last_closed": ("{name} 実績", "{name}, closed"),
    "overview.predicted": ("{name} 予測 {value}", "{name} predicted {value}"),
    "overview.landing": ("四半期ごとの着地見込", "Landing by quarter"),
    "overview.landing.note": (
        "薄い棒が更新対象額、濃い棒が着地見込、線は 80% 範囲。",
        "Pale: what is due. Blue: where it lands. Line: 80 % range.",
    ),
    "overview.retention": ("NRR と GRR の推移", "NRR and GRR"),
    "overview.retention.note": (
        "丸は実績、ひし形は予測。期首の既存顧客の売上を 100% とします。",
        "Circles are closed, diamonds predicted. 100 % is what the customers paid at the start.",
    ),
    "overview.months": ("月別の更新対象額(更新種別)", "Due by month and type"),
    "overview.months.note": (
        "満了月ごとの更新対象額。「未起票」はまだ商談のない更新です。",
        "Annual amount by the month in which it ends; “unopened” has no opportunity yet.",
    ),
    "overview.changes": ("{since} からの変化", "What changed since {since}"),
    "overview.changes.title": ("変化", "What changed"),
    "overview.changes.none": (
        "比較できる以前のスナップショットがまだありません。",
        "There is no earlier snapshot to compare with yet.",
    ),
    "overview.before": ("{day} の着地見込", "Landing on {day}"),
    "overview.after": ("現在の着地見込", "Landing now"),
    "overview.cause": ("要因", "Cause"),
    "overview.effect": ("増減", "Effect"),
    "overview.risks": ("リスクの大きい更新", "Biggest risks"),
    "overview.risks.note": (
        "前回金額のうち、見込みに入っていない金額の大きい順。",
        "By how much of the prior amount is not expected to land.",
    ),
    "overview.risks.none": ("リスクのある更新はありません。", "Nothing is at risk."),
    "overview.all_risks": ("すべての更新をリスク順に見る", "All renewals by risk"),
    "restated": ("締め後の修正", "Restated"),
    "actual": ("実績", "Closed"),
    "predicted": ("予測", "Predicted"),
    "nrr": ("NRR", "NRR"),
    "grr": ("GRR", "GRR"),
    "nrr.long": ("売上継続率(NRR)", "Net revenue retention"),
    "grr.long": ("売上維持率(GRR)", "Gross revenue retention"),
    "at_risk": ("リスク額", "At risk"),
    "col.account": ("顧客", "Account"),
    "col.contract": ("契約", "Contract"),
    "col.due": ("満了日", "Ends"),
    "col.prior": ("前回金額", "Prior"),
    "col.new": ("今回金額", "New"),
    "col.landing": ("着地見込", "Landing"),
    "col.risk": ("リスク額", "At risk"),
    "col.rank": ("ヨミ", "Rank"),
    "col.type": ("種別", "Type"),
    "col.csm": ("担当 CSM", "CSM"),
    "col.standing": ("状態", "Standing"),
    "unrated": ("未評価", "Unrated"),
    "unopened": ("未起票", "Unopened"),
    "renewals.lead": (
        "条件は URL に残るので、このまま共有できます。",
        "Filters stay in the address, so you can share what you see.",
    ),
    "filter": ("絞り込み", "Filter"),
    "filter.text": ("顧客・契約番号", "Account or contract"),
    "filter.first": ("満了日 から", "Ends from"),
    "filter.last": ("満了日 まで", "Ends until"),
    "filter.segment": ("セグメント", "Segment"),
    "filter.any": ("すべて", "Any"),
    "filter.apply": ("適用", "Apply"),
    "filter.reset": ("条件をクリア", "Clear"),
    "filter.csv": ("CSV をダウンロード", "Download CSV"),
    "renewals.none": ("条件に合う更新はありません。", "No renewal matches."),
    "renewals.caption": (
        "更新 {n} 件。見出しのリンクで並べ替えます。",
        "{n} renewals. The links in the header sort them.",
    ),
    "pager": ("ページ送り", "Pages of the list"),
    "pager.of": ("{page} / {pages} ページ", "Page {page} of {pages}"),
    "pager.before": ("前へ", "Previous"),
    "pager.next": ("次へ", "Next"),
    "renewal.over": (
        "この期間は csops-sync の導入前に終了しており、金額だけが分かっています。",
        "This term was over before csops-sync came: only its figures are known.",
    ),
    "renewal.back": ("更新一覧へ戻る", "All renewals"),
    "renewal.landing": ("着地見込の計算", "How the landing is computed"),
    "renewal.contract": ("契約", "Contract"),
    "renewal.number": ("契約番号", "Number"),
    "renewal.amount": ("年額", "Annual amount"),
    "renewal.term": ("期間", "Runs"),
    "renewal.terms": ("条件", "Terms"),
    "renewal.renewal_date": ("更新日", "Renewal date"),
    "renewal.opportunity": ("商談", "Opportunity"),
    "renewal.manager": ("マネージャー", "Manager"),
    "renewal.opens": ("{day} に起票する理由", "Why it opens on {day}"),
    "renewal.opens.none": ("起票しない理由", "Why it is not opened"),
    "renewal.rule": ("ルール", "Rule"),
    "renewal.state": ("現在の状態", "State"),
    "renewal.step": ("制約", "Bound"),
    "renewal.day": ("日付", "Day"),
    "renewal.arithmetic": ("計算", "Arithmetic"),
    "renewal.timeline": ("タイムライン", "Timeline"),
    "renewal.timeline.none": ("まだ何も起きていません。", "Nothing has happened yet."),
    "renewal.cards": ("Slack での確認", "Asked in Slack"),
    "renewal.remarks": ("注意", "Worth a look"),
    "renewal.earlier": ("この契約のほかの更新", "Other renewals of this contract"),
    "renewal.part": ("部分", "Part"),
    "renewal.weight": ("掛け率", "Weight"),
    "renewal.result": ("結果", "Lands"),
    "renewal.kept": ("維持(前回と今回の小さい方)", "Kept: the smaller of prior and new"),
    "renewal.added": ("増額(前回を超える分)", "Added beyond the prior amount"),
    "matrix.lead": (
        "進行中の更新を種別とヨミで分けた件数・更新対象額・着地見込。",
        "Open renewals by type and rank: how many, what is due, what is expected to land.",
    ),
    "matrix.caption": ("種別 × ヨミのマトリクス", "Type by rank"),
    "matrix.weights": ("掛け率 {base} / 増額 {expansion}", "Weighs {base}, expansion {expansion}"),
    "ops.lead": ("同期・送信・保留の状況。", "How syncing and sending stand."),
    "ops.ready": ("正常に稼働中", "Working as it should"),
    "ops.unready": ("対応が必要です", "Needs attention"),
    "ops.problems": ("対応が必要なこと", "To be mended"),
    "ops.warnings": ("注意", "Worth a look"),
    "ops.lag": ("最後の成功から", "Since the last success"),
    "ops.seconds": ("{n} 秒", "{n} s"),
    "ops.never": ("まだありません", "None yet"),
    "ops.api": ("Salesforce API 使用量(24 時間)", "Salesforce API calls, 24 h"),
    "ops.api.ours": ("csops-sync 起動後: {n}", "csops-sync since its start: {n}"),
    "ops.api.of": ("{used} / {allowed}", "{used} of {allowed}"),
    "ops.unknown": ("不明", "Unknown"),
    "ops.mode": ("モード", "Mode"),
    "ops.paused": ("停止中", "Paused"),
    "ops.rules": ("ルールの版", "Rules version"),
    "ops.lease": ("実行中のプロセス", "Process at work"),
    "ops.news": ("最後の更新", "Last news"),
    "ops.sources": ("読み込み元", "Sources"),
    "ops.source": ("オブジェクト", "Object"),
    "ops.rows": ("行数", "Rows"),
    "ops.read": ("読み込み時点", "Read up to"),
    "ops.note": ("備考", "Note"),
    "ops.outbox": ("送信箱", "Outbox"),
    "ops.outbox.none": ("送信待ち・保留はありません。", "Nothing waits, and nothing is held."),
    "ops.left_out": ("ほかに {n} 件", "{n} more are not shown"),
    "ops.key": ("キー", "Key"),
    "ops.kind": ("内容", "What"),
    "ops.status": ("状態", "Status"),
    "ops.reason": ("理由", "Why"),
    "ops.error": ("エラー", "What went wrong"),
    "ops.attempts": ("試行", "Attempts"),
    "ops.since": ("作成", "Since"),
    "ops.do": ("操作", "Do"),
    "ops.approve": ("保留 {n} 件を承認して送信", "Approve and send {n} held rows"),
    "ops.approve.hash": ("承認対象のハッシュ {hash}", "This approves exactly {hash}"),
    "ops.retry": ("再送", "Retry"),
    "ops.drop": ("取りやめ", "Drop"),
    "ops.about": ("{what}: {key}", "{what}: {key}"),
    "done.approve": ("{n} 件を承認しました。", "{n} rows approved."),
    "done.retry": ("{n} 件を再送します。", "{n} rows will be sent again."),
    "done.drop": ("{n} 件を取りやめました。", "{n} rows given up."),
    "refused": ("できませんでした", "That was refused"),
    "error.400": ("その問い合わせは読めません", "That question cannot be read"),
    "error.401": ("サインインが必要です", "Sign-in is needed"),
    "error.403": ("権限がありません", "Not allowed"),
    "error.404": ("見つかりません", "Not found"),
    "error.409": ("できませんでした", "That was refused"),
    "error.413": ("送信内容が大きすぎます", "That is too large"),
    "error.414": ("アドレスが長すぎます", "The address is too long"),
    "error.421": ("このホスト名では開けません", "Not served under this host name"),
    "error.503": ("まだ表示できません", "Nothing to show yet"),
    "error.back": ("概要へ", "Go to the overview"),
    **REPORTS,
    **CALLS,
}


class Words:
    """The words of one language, filled with what is given by name."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._column = LANGUAGES.index(language)

    def __call__(self, key: str, /, **filled: object) -> str:
        """This function will give a text; KeyError where there is none of that key."""
        text = _WORDS[key][self._column]
        return text.format(**filled) if filled else text

    def code(self, kind: str, value: str) -> str:
        """This function will name a value of `app` or `domain` (`type`, `upsell`); one that is new shows as it is."""
        found = CODES.get(f"{kind}.{value}")
        return found[self._column] if found else value.replace("_", " ")

    def knows(self, kind: str, value: str) -> bool:
        """This function will say whether a value has a name of its own; else it shows as it is, in English."""
        return f"{kind}.{value}" in CODES

    def terms(self, count: int) -> str:
        """This function will say how many renewals: `1 renewal`, `1,200 renewals`."""
        return self("terms.one") if count == 1 else self("terms.n", n=f"{count:,}")


def keys() -> frozenset[str]:
    """This function will list every key, for the test that holds the templates against it."""
    return frozenset(_WORDS)
