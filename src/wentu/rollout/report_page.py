"""A report as a file: a page that opens in any browser (no script, nothing loaded from anywhere), or a table."""

from __future__ import annotations

import csv
import io
from html import escape

from wentu.rollout.report import Report, Row
from wentu.rollout.statistics import Interval

_WORDS = {
    "better": ("候选版本更好", "the candidate is better"),
    "worse": ("候选版本更差", "the candidate is worse"),
    "no difference found": ("没有发现差别", "no difference was found"),
}
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #1d2430 }
table { border-collapse: collapse; width: 100%; margin: .6rem 0 2rem; font-variant-numeric: tabular-nums }
th, td { text-align: right; padding: .35rem .6rem; border-bottom: 1px solid #d8dde6; white-space: nowrap }
th:first-child, td:first-child { text-align: left } th { font-weight: 600; color: #55607a }
svg { display: block } .wrap { overflow-x: auto } p { margin: .3rem 0 }
"""


def as_page(report: Report) -> str:
    """The report as HTML, Chinese first and English beside it."""
    chinese, english = _WORDS[report.verdict]
    head = f"{escape(report.candidate)} vs {escape(report.stable)}"
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{head}</title>'
        f"<style>{_STYLE}</style></head><body><h1>版本对比 · {head}</h1>"
        f"<p><strong>{chinese}</strong> · {english}</p>"
        f"<p>{report.overall.n} 对回答，{report.overall.sessions} 个会话 · pairs, sessions"
        f"{f'；{report.missing} 个问题还没问完 · not asked yet' if report.missing else ''}</p>"
        + _table("总体 · Overall", (report.overall,), report)
        + _table("按场景 · By scenario", report.scenarios, report)
        + _table("按字段 · By field", report.fields, report)
        + _votes(report)
        + "<p>区间：各版本为 Wilson 95%，差值为按会话重抽样的 BCa 95%；p：精确 McNemar，Holm 校正。<br>"
        "Intervals: Wilson 95% for a version, BCa 95% over sessions for the difference; p: exact McNemar, Holm.</p>"
        "</body></html>\n"
    )


def as_csv(report: Report) -> str:
    """The tables as one CSV file, the first row with the names of the columns."""
    text = io.StringIO()
    csv.writer(text).writerows(as_lines(report))
    return text.getvalue()


def as_lines(report: Report) -> list[list[str]]:
    """The tables as rows of a CSV file, the first one with the names of the columns."""
    columns = "table name n sessions stable stable_low stable_high candidate candidate_low candidate_high".split()
    columns += "difference difference_low difference_high gained lost p p_holm".split()
    tables = (("overall", (report.overall,)), ("scenario", report.scenarios), ("field", report.fields))
    return [columns, *([table, *_cells(row)] for table, rows in tables for row in rows)]


def _cells(row: Row) -> list[str]:
    intervals = (row.stable, row.candidate, row.difference)
    figures = [f"{value:.4f}" for one in intervals for value in (one.estimate, one.low, one.high)]
    ends = [str(row.gained), str(row.lost), f"{row.p:.4g}", f"{row.p_holm:.4g}"]
    return [row.name, str(row.n), str(row.sessions), *figures, *ends]


def _table(title: str, rows: tuple[Row, ...], report: Report) -> str:
    if not rows:
        return ""
    names = ("", "n", escape(report.stable), escape(report.candidate), "差值 · difference", "", "+ / −", "p")
    head = "".join(f"<th>{name}</th>" for name in names)
    return f'<h2>{title}</h2><div class="wrap"><table><tr>{head}</tr>{"".join(map(_line, rows))}</table></div>'


def _line(row: Row) -> str:
    cells = (
        escape(row.name),
        str(row.n),
        _share(row.stable),
        _share(row.candidate),
        f"{row.difference.estimate:+.1%} ({row.difference.low:+.1%} … {row.difference.high:+.1%})",
        _bar(row.difference),
        f"{row.gained} / {row.lost}",
        f"{row.p_holm:.3g}",
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _share(interval: Interval) -> str:
    return f"{interval.estimate:.1%} ({interval.low:.1%} … {interval.high:.1%})"


def _bar(interval: Interval) -> str:
    """The interval on a line from -100% to +100%, zero in the middle."""
    low, middle, high = (80 + 78 * max(-1.0, min(1.0, x)) for x in (interval.low, interval.estimate, interval.high))
    colour = "#1a7f4b" if interval.above_zero else "#c0362c" if interval.below_zero else "#7a8499"
    return (
        '<svg width="160" height="18" aria-hidden="true"><line x1="80" x2="80" y1="0" y2="18" stroke="#c3cad8"/>'
        f'<line x1="{low:.1f}" x2="{high:.1f}" y1="9" y2="9" stroke="{colour}" stroke-width="3"/>'
        f'<circle cx="{middle:.1f}" cy="9" r="4" fill="{colour}"/></svg>'
    )


def _votes(report: Report) -> str:
    tally = report.votes
    if not tally.candidate + tally.stable + tally.ties:
        return ""
    return (
        "<h2>盲投 · Blind votes</h2>"
        f"<p>{escape(report.candidate)} {tally.candidate} · {escape(report.stable)} {tally.stable} · "
        f"平 ties {tally.ties} · p = {report.vote_p:.3g}</p>"
    )
