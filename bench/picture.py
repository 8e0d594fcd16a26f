#!/usr/bin/env python3
"""Draws docs/performance.svg from the figures of a run: bench/picture.py [build-bench/figures.jsonl [docs/performance.svg]].

Where a figure was measured more than once, the last counts. What was not measured is left out. The picture follows the reader's light
or dark theme."""
import json
import math
import pathlib
import sys
from xml.sax.saxutils import escape

WIDTH = 900
LEFT = 196          # where the axes begin
RIGHT = WIDTH - 150  # … and end
ROW = 30

STYLE = """
  .card { fill: #ffffff; stroke: #d8dee4; }
  text { font: 13px -apple-system, "Segoe UI", "Noto Sans", "Liberation Sans", Helvetica, Arial, sans-serif; fill: #1f2328; }
  .said { paint-order: stroke; stroke: #ffffff; stroke-width: 5px; stroke-linejoin: round; }
  .title { font-size: 20px; font-weight: 600; }
  .head { font-size: 14px; font-weight: 600; }
  .soft, .tick { fill: #59636e; }
  .tick { font-size: 11px; }
  .grid { stroke: #e3e8ed; stroke-width: 1; }
  .goal { stroke: #1f2328; stroke-width: 1.5; }
  .other { fill: #8c959f; } .other-line { stroke: #c9d1d9; }
  .ours { fill: #0b7285; } .ours-line { stroke: #7fc4d1; } .ours-text { fill: #0b7285; font-weight: 600; }
  .missed { fill: #bc4c00; } .missed-line { stroke: #f0b58d; } .missed-text { fill: #bc4c00; }
  @media (prefers-color-scheme: dark) {
    .card { fill: #0d1117; stroke: #30363d; }
    text { fill: #e6edf3; }
    .said { stroke: #0d1117; }
    .soft, .tick { fill: #9198a1; }
    .grid { stroke: #21262d; }
    .goal { stroke: #e6edf3; }
    .other { fill: #7d8590; } .other-line { stroke: #3d444d; }
    .ours { fill: #4dd0e1; } .ours-line { stroke: #1f6470; } .ours-text { fill: #4dd0e1; }
    .missed { fill: #f0883e; } .missed-line { stroke: #6e4220; } .missed-text { fill: #f0883e; }
  }
"""

# figure, its name for people, its target, and whether more is better
TARGETS = [
    ("scorecard_again", "best SQL's time over ours, asked again", 200, True),
    ("scorecard_cells", "best SQL's time over ours, from cells", 200, True),
    ("held_per_second", "records a second, held while people ask", 1000, True),
    ("build", "counting all cells over merely reading", 2, False),
    ("flat", "20 times the facts over one, asked again", 1.2, False),
    ("flat_cells", "20 times the facts over one, from cells", 1.2, False),
    ("one_us", "one KPI of one person, µs", 10, False),
    ("record", "a record in the answers over a bare commit", 3, False),
    ("reader_p99", "readers' 99th percentile, held over quiet", 2, False),
]


def read(path):
    figures, about = {}, {}
    for line in pathlib.Path(path).read_text().splitlines():
        one = json.loads(line)
        if "name" in one:
            figures[one["name"]] = one["value"]
        else:
            about.update(one)
    return figures, about


def duration(us):
    for unit, size in (("s", 1e6), ("ms", 1e3)):
        if us >= size:
            return f"{us / size:.3g} {unit}" if us / size < 1000 else f"{us / size:,.0f} {unit}"
    return f"{us:.3g} µs"


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


class Picture:
    def __init__(self):
        self.parts, self.y = [], 0

    def text(self, x, y, text, kind="", anchor="start"):
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(text)}</text>')

    def line(self, x1, y1, x2, y2, kind, width=1.0):
        self.parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}" stroke-width="{width}"/>')

    def dot(self, x, y, kind):
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" class="{kind}"/>')

    def axis(self, low, high, n_rows, label):
        """A logarithmic axis from one power of ten to another over the next rows; gives back its scale."""
        place = lambda value: LEFT + (math.log10(value) - low) / (high - low) * (RIGHT - LEFT)
        bottom = self.y + n_rows * ROW + 4
        for power in range(low, high + 1):
            x = place(10**power)
            self.line(x, self.y, x, bottom, "grid")
            self.text(x, bottom + 15, label(10**power), "tick", "middle")
        return place

    def durations(self, head, about, rows):
        """Rows (name, microseconds): how long each takes; how many times the second, which is Attain from its cells."""
        self.text(32, self.y, head, "head")
        self.text(32, self.y + 19, about, "soft")
        self.y += 34
        low = math.floor(math.log10(min(us for _, us in rows)))
        high = math.ceil(math.log10(max(us for _, us in rows)))
        place = self.axis(low, high, len(rows), duration)
        for i, (name, us) in enumerate(rows):
            ours = name.startswith(("Attain", "…"))
            kind = "ours" if ours else "other"
            y = self.y + i * ROW + ROW / 2 + 2
            self.line(LEFT, y, place(us), y, kind + "-line", 5)
            self.dot(place(us), y, kind)
            self.text(LEFT - 14, y + 4.5, name, "ours-text" if ours else "", "end")
            times = us / dict(rows)["… all from cells"]
            said = duration(us) if ours else f"{duration(us)}, {times:,.0f} times" if times >= 10 else f"{duration(us)}, {times:.2g} times"
            self.text(place(us) + 14, y + 4.5, said, "said ours-text" if ours else "said")
        self.y += len(rows) * ROW + 60

    def targets(self, head, about, rows):
        """Rows (name, measured, target, at least): how many times better or worse than what was asked for."""
        self.text(32, self.y, head, "head")
        self.text(32, self.y + 19, about, "soft")
        self.y += 34
        better = [value / target if at_least else target / value for _, value, target, at_least in rows]
        low = min(math.floor(math.log10(min(better))), -1)
        high = max(math.ceil(math.log10(max(better))), 1)
        left, right = LEFT + 146, RIGHT
        place = lambda times: left + (math.log10(times) - low) / (high - low) * (right - left)
        bottom = self.y + len(rows) * ROW + 4
        for power in range(low, high + 1):
            x = place(10**power)
            self.line(x, self.y, x, bottom, "goal" if power == 0 else "grid")
            said = "as asked" if power == 0 else f"{10**power:,} ×" if power > 0 else f"1/{10**-power:,}"
            self.text(x, bottom + 15, said, "tick", "middle")
        for i, ((name, value, target, at_least), times) in enumerate(zip(rows, better)):
            kind = "ours" if times >= 1 else "missed"
            y = self.y + i * ROW + ROW / 2 + 2
            self.line(place(1), y, place(times), y, kind + "-line", 5)
            self.dot(place(times), y, kind)
            self.text(left - 14, y + 4.5, name, "", "end")
            self.text(right + 16, y + 4.5, f"{number(value)} ({'≥' if at_least else '≤'} {number(target)})", kind + "-text")
        self.y += len(rows) * ROW + 52


def draw(figures, about):
    picture = Picture()
    picture.y = 46
    picture.text(32, picture.y, "How fast Attain answers", "title")
    picture.text(32, picture.y + 22, f"{about['deals']:,} deals, {about['deals'] * 4:,} activities, {about['people']} people, four years",
                 "soft")
    picture.y += 64
    peers = [("PostgreSQL 15", "postgres"), ("SQLite", "sqlite"), ("DuckDB", "duckdb")]
    if "scorecard_cells_ms" in figures:
        ours = [("Attain, asked again", "scorecard_again_ms"), ("… after one change", "scorecard_after_change_ms"),
                ("… all from cells", "scorecard_cells_ms")]
        rows = [(name, figures[key] * 1e3) for name, key in ours if key in figures]
        rows += [(name, figures[f"peer_{key}_ms"] * 1e3) for name, key in reversed(peers) if f"peer_{key}_ms" in figures]
        picture.durations("A scorecard of everybody", f"50 KPIs of {about['people']} people in 12 months, each with the year before: "
                          f"{figures['scorecard_values']:,.0f} values. Times: of Attain's computing all from cells", rows)
    if "one_us" in figures:
        rows = [("Attain, asked again", figures["one_us"]), ("… all from cells", figures["one_cells_us"])]
        rows += [(name, figures[f"peer_{key}_one_us"]) for name, key in reversed(peers) if f"peer_{key}_one_us" in figures]
        picture.durations("One KPI of one person", "the win rate of a year, by an index on owner and month in SQLite and PostgreSQL", rows)
    rows = [(name, figures[key], target, at_least) for key, name, target, at_least in TARGETS if key in figures]
    if rows:
        picture.targets("Against what was asked for", "times as good as the target; right of the line: better", rows)
    picture.text(32, picture.y, f"{about.get('machine', '')}, {about.get('cores', '?')} cores, {about.get('memory_gb', '?')} GB · "
                 f"{about.get('date', '')}, load {about.get('load', '?')} when it began · logarithmic axes", "tick")
    height = picture.y + 26
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
            f'aria-label="How long Attain and others take for the same questions">\n<style>{STYLE}</style>\n'
            f'<rect class="card" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="10"/>\n' + "\n".join(picture.parts) + "\n</svg>\n")


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    source = sys.argv[1] if len(sys.argv) > 1 else root / "build-bench/figures.jsonl"
    target = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else root / "docs/performance.svg")
    target.write_text(draw(*read(source)))
    print(f"{target} is drawn")


main()
