"""The words that charts add of their own: titles, axes, legends."""

from dataclasses import dataclass

from csops_sync.domain.forecast.term_state import RenewalType


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartWords:
    """One language. `types` has None for what is not known yet."""

    locale: str
    landing_title: str
    retention_title: str
    due_title: str
    bridge_title: str
    accuracy_title: str
    due: str
    landing: str
    band: str
    target: str
    nrr: str
    grr: str
    actual: str
    predicted: str
    total: str
    rise: str
    fall: str
    call: str
    result: str
    period: str
    known: str
    type: str
    cause: str
    amount: str
    not_from_zero: str
    types: dict[RenewalType | None, str]


JAPANESE = ChartWords(
    locale="ja",
    landing_title="更新の着地見込み",
    retention_title="NRR・GRR の推移",
    due_title="更新時期を迎える年額（種別ごと）",
    bridge_title="着地見込みの増減",
    accuracy_title="見込みと結果",
    due="更新対象",
    landing="着地見込み",
    band="80% の範囲",
    target="目標",
    nrr="NRR",
    grr="GRR",
    actual="実績",
    predicted="予測",
    total="着地見込み",
    rise="増加",
    fall="減少",
    call="コール",
    result="結果",
    period="期間",
    known="区分",
    type="種別",
    cause="要因",
    amount="金額",
    not_from_zero="（目盛は 0 から始まりません）",
    types={
        RenewalType.UPSELL: "増額",
        RenewalType.FLAT: "同額",
        RenewalType.DOWNSELL: "減額",
        RenewalType.LOST: "失注",
        None: "未起票",
    },
)
ENGLISH = ChartWords(
    locale="en",
    landing_title="Where renewals will land",
    retention_title="NRR and GRR over time",
    due_title="Due for renewal, by type",
    bridge_title="What moved the landing",
    accuracy_title="Expected and actual",
    due="Due",
    landing="Landing",
    band="80% interval",
    target="Target",
    nrr="NRR",
    grr="GRR",
    actual="Actual",
    predicted="Predicted",
    total="Landing",
    rise="Up",
    fall="Down",
    call="Own call",
    result="Result",
    period="Period",
    known="Kind",
    type="Type",
    cause="Cause",
    amount="Amount",
    not_from_zero=" (scale does not start at 0)",
    types={
        RenewalType.UPSELL: "Upsell",
        RenewalType.FLAT: "Flat",
        RenewalType.DOWNSELL: "Downsell",
        RenewalType.LOST: "Lost",
        None: "Unopened",
    },
)
_LANGUAGES = {"ja": JAPANESE, "en": ENGLISH}


def words_for(locale: str) -> ChartWords:
    """This function will give the words of a locale such as `ja`, `ja_JP` or `en-GB`.

    Raises:
        ValueError: there are no words in that language; the message lists those there are.
    """
    language = locale.replace("-", "_").partition("_")[0].lower()
    if language not in _LANGUAGES:
        raise ValueError(f"there are no charts in locale {locale!r}; use one of {', '.join(_LANGUAGES)}")
    return _LANGUAGES[language]


def needs_japanese(locale: str) -> bool:
    """This function will say whether charts in a locale take a font with Japanese characters."""
    return words_for(locale) is JAPANESE
