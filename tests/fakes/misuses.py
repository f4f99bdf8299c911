"""Tables of wrong queries: each query on a line, and below it, indented, the code and words of its refusal."""


def misuses(table: str) -> list[tuple[str, str, str]]:
    """Give (query, code, words) of a table; a query may go on over lines that end in a backslash."""
    lines = [line for line in table.replace("\\\n", " ").splitlines() if line.strip()]
    cases = []
    for query, refusal in zip(lines[::2], lines[1::2], strict=True):
        assert not query.startswith(" "), query
        code, _, words = refusal.strip().partition(" ")
        cases.append((" ".join(query.split()), code, words))
    return cases
