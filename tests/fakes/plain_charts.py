"""Charts that cost nothing to draw: the same bytes for every picture."""

from dataclasses import dataclass, field

from csops_sync.ports.charts import AnyChart, Look

PNG = b"\x89PNG\r\n\x1a\n" + b"a picture" * 40


@dataclass
class PlainCharts:
    """Gives the same bytes for every picture, and remembers which charts were asked for."""

    drawn: list[AnyChart] = field(default_factory=list)

    def spec(self, chart: AnyChart, *, look: Look) -> dict[str, object]:
        """Nothing that a page could show."""
        return {"chart": type(chart).__name__, "look": look.value}

    def svg(self, chart: AnyChart, *, look: Look) -> str:
        """As little."""
        return f"<svg><!-- {type(chart).__name__} {look} --></svg>"

    def png(self, chart: AnyChart) -> bytes:
        """The bytes that begin as a PNG does."""
        self.drawn.append(chart)
        return PNG
