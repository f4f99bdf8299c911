// Draws the charts that the page describes, without eval and without inline styles: see the page's own policy.
"use strict";
(() => {
  const HINT_GAP = 14;
  const NARROW = 480; // pixels in which a legend of four does not stand on one line
  // A label's last word, or its month, stands below the rest: so each bar of a narrow chart has its name.
  const LABEL = "replace(datum.label, '年', '年 ')";
  const BREAK = `lastindexof(${LABEL}, ' ')`;
  const TWO_LINES = `${BREAK} < 0 ? datum.label : [slice(${LABEL}, 0, ${BREAK}), slice(${LABEL}, ${BREAK} + 1)]`;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const hint = document.createElement("div");
  hint.className = "hint";
  hint.hidden = true;

  const told = (handler, event, item, value) => {
    hint.hidden = !value;
    if (!value) return;
    hint.replaceChildren();
    for (const [name, text] of Object.entries(value)) {
      const line = document.createElement("p");
      if (name.trim()) {
        const label = document.createElement("span");
        label.textContent = name;
        line.append(label);
      }
      line.append(String(text));
      hint.append(line);
    }
    const width = hint.offsetWidth;
    const left = event.clientX + HINT_GAP + width > window.innerWidth ? event.clientX - HINT_GAP - width : event.clientX + HINT_GAP;
    hint.style.left = `${Math.max(0, left)}px`;
    hint.style.top = `${event.clientY + HINT_GAP}px`;
  };

  const draw = async (place) => {
    const spec = JSON.parse(dark.matches ? place.dataset.dark : place.dataset.light);
    const font = window.getComputedStyle(document.body).fontFamily;
    const inside = document.createElement("div");
    inside.className = "drawing";
    place.replaceChildren(inside);
    const legend = { ...spec.config.legend, ...(place.clientWidth < NARROW ? { columns: 2 } : {}) };
    const axisX = { labelExpr: TWO_LINES, labelOverlap: "parity", labelSeparation: 4 };
    const config = { ...spec.config, font, legend, axisX };
    await window.vegaEmbed(inside, { ...spec, config }, {
      actions: false, ast: true, defaultStyle: false, renderer: "svg", tooltip: told,
    });
    place.dataset.drawn = "yes";
  };

  const drawAll = () => Promise.all([...document.querySelectorAll(".chart")].map(draw));
  document.body.append(hint);
  document.addEventListener("scroll", () => { hint.hidden = true; }, { passive: true });
  dark.addEventListener("change", drawAll);
  drawAll();
})();
