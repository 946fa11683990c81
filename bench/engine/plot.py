"""The ratios as a bar chart in SVG."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

ROW_PX, LEFT_PX, SCALE_PX, TOP_PX = 26, 260, 320, 50
AHEAD, BEHIND = "#2f7d5b", "#b4532a"
MOST = 1.6  # a longer bar would be drawn no longer


def plot(ratios: Mapping[str, float | None], title: str) -> str:
    """One bar a ratio; the line at 1 is the best peer, and shorter is better."""
    rows = [_row(index, name, value) for index, (name, value) in enumerate(ratios.items())]
    height = TOP_PX + ROW_PX * len(ratios) + 20
    line = LEFT_PX + SCALE_PX
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="900" height="{height}" font-family="sans-serif" '
            'font-size="13">',
            f'<rect width="900" height="{height}" fill="white"/>',
            f'<text x="12" y="24" font-size="16">{escape(title)}</text>',
            *rows,
            f'<line x1="{line}" x2="{line}" y1="{TOP_PX - 8}" y2="{height - 16}" stroke="#444"/>',
            f'<text x="{line}" y="{TOP_PX - 12}" text-anchor="middle">best peer</text>',
            "</svg>",
            "",
        ]
    )


def _row(index: int, name: str, value: float | None) -> str:
    y = TOP_PX + ROW_PX * index
    label = f'<text x="{LEFT_PX - 10}" y="{y + 14}" text-anchor="end">{escape(name)}</text>'
    if value is None:
        return f'{label}<text x="{LEFT_PX + 4}" y="{y + 14}" fill="#777">not measured</text>'
    width, colour = round(min(value, MOST) * SCALE_PX), AHEAD if value < 1 else BEHIND
    return (
        f'{label}<rect x="{LEFT_PX}" y="{y}" width="{width}" height="{ROW_PX - 8}" fill="{colour}"/>'
        f'<text x="{LEFT_PX + width + 6}" y="{y + 14}">{value:g}</text>'
    )
