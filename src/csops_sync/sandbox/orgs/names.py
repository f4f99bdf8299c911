"""Plausible company names: made up, a different one for every number below a million."""

_FORMS = ("株式会社{}", "{}株式会社", "有限会社{}", "合同会社{}", "{}合資会社", "一般社団法人{}")
_STEMS = (
    "みなと", "あおば", "北野", "さくら", "中央", "ひかり", "東都", "みずほ野", "つばめ", "はるかぜ",
    "丸十", "あかつき", "やまびこ", "しらかば", "うみねこ", "つむぎ", "すずらん", "こだま", "ふたば",
    "いしずえ", "まほろば", "せせらぎ", "たたら", "そよかぜ", "大和川", "わかば", "たちばな", "かえで",
    "やまと", "ときわ", "すばる", "みどり", "あさひ野", "ほくと", "しののめ", "あじさい", "ひばり",
    "かもめ", "こまくさ", "なぎさ", "はやぶさ", "ちどり", "きさらぎ", "やよい", "うづき", "さつき",
    "みなづき", "ふみづき", "はづき", "ながつき", "しもつき", "むつみ", "いずみ", "こはく", "るり",
    "ひすい", "さんご", "しんじゅ", "あんず", "くるみ", "かりん", "ゆず", "すみれ", "つくし",
    "りんどう", "ききょう", "なでしこ", "ひまわり", "たんぽぽ", "もみじ", "いちょう", "けやき",
    "ひのき", "くすのき", "まつかぜ", "たけのこ", "うぐいす", "めじろ", "せきれい", "とんび",
)  # fmt: skip
_TRADES = (
    "商事", "製作所", "システム", "印刷", "工業", "薬局", "物流", "フーズ", "設計", "保険サービス",
    "青果", "人材", "観光", "水産", "紡績", "電設", "文具", "不動産", "工務店", "化学", "鋳造", "保育",
    "重工業", "製薬", "食品", "酒造", "運輸", "倉庫", "建設", "塗装", "電機", "精機", "金属", "樹脂",
    "紙業", "家具", "農園", "牧場", "茶舗", "製菓", "書店", "出版", "通信", "ソフト", "測量", "警備",
    "清掃", "リース",
)  # fmt: skip
_PLACES = (
    "", "札幌", "青森", "盛岡", "仙台", "秋田", "山形", "福島", "水戸", "宇都宮", "前橋", "川越",
    "千葉", "横浜", "新潟", "富山", "金沢", "福井", "甲府", "松本", "岐阜", "静岡", "名古屋", "津",
    "大津", "京都", "堺", "神戸", "奈良", "和歌山", "鳥取", "松江", "岡山", "広島", "山口", "徳島",
    "高松", "松山", "高知", "福岡", "佐賀", "長崎", "熊本", "大分",
)  # fmt: skip
_PLAIN = len(_FORMS) * len(_STEMS) * len(_TRADES)
_STRIDE = 9_973
NAMES = _PLAIN * len(_PLACES)
"""How many Japanese names there are."""

_LEADS = (
    "Harbor", "Juniper", "Northgate", "Bluefin", "Cobalt", "Meadow", "Granite", "Lumen", "Orchard", "Pinecrest",
    "Quarry", "Redwood", "Saffron", "Tidewater", "Umber", "Verdant", "Willow", "Yarrow", "Zephyr", "Amberline",
)  # fmt: skip
_INDUSTRY_NAMES = {
    "DevTools": ("Build", "Stack", "Compile", "Forge", "Deploy"),
    "FinTech": ("Ledger", "Capital", "Payments", "Lending", "Treasury"),
    "Cybersecurity": ("Shield", "Sentinel", "Vault", "Perimeter", "Cipher"),
    "HealthTech": ("Care", "Clinic", "Vitals", "Therapeutics", "Wellness"),
    "EdTech": ("Learning", "Campus", "Academy", "Tutor", "Classroom"),
}
_ENDINGS = {
    "US": "Inc.",
    "UK": "Ltd",
    "IN": "Pvt Ltd",
    "AU": "Pty Ltd",
    "DE": "GmbH",
    "CA": "Corp.",
    "FR": "SAS",
}


def japanese_company(index: int, *, seed: int) -> str:
    """This function will give the name of customer `index`; a place goes before it once the plain names are used."""
    block, within = divmod(index, _PLAIN)
    rest, form = divmod((within * _STRIDE + seed) % _PLAIN, len(_FORMS))
    stem, trade = divmod(rest, len(_TRADES))
    return _FORMS[form].format(f"{_PLACES[block % len(_PLACES)]}{_STEMS[stem]}{_TRADES[trade]}")


def english_company(index: int, *, industry: str, country: str) -> str:
    """This function will give a name in the industry's words with the country's legal form."""
    words = _INDUSTRY_NAMES.get(industry, ("Works",))
    turn, lead = divmod(index, len(_LEADS))
    word = words[(turn + lead) % len(words)]
    wave = turn // len(words)
    ordinal = f" {wave + 1}" if wave else ""
    return f"{_LEADS[lead]} {word}{ordinal} {_ENDINGS.get(country, 'Inc.')}"
