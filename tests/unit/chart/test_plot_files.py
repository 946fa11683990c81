"""The table drawn again as a file."""

import io
import json
from xml.etree import ElementTree

from PIL import Image

from wentu.core.results import Chart, ChartSeries
from wentu.tasks.chart.plot_files import as_png, as_svg

CHART = Chart("line", "销量", x=("1月", "2月", "3月"), series=(ChartSeries("", (3.0, 5.0, 4.5)),))


def test_a_redrawn_chart_says_in_sight_and_in_metadata_that_ai_made_it() -> None:
    tree = ElementTree.fromstring(as_svg(CHART))
    texts = [one.text for one in tree.iter() if one.tag.endswith("}text")]
    assert any("人工智能生成" in (text or "") for text in texts)
    note = next(one.text for one in tree.iter() if one.tag.endswith("}metadata")) or ""
    label = json.loads(note.removeprefix("AIGC: "))
    assert label["Label"] == "1" and label["ContentProducer"].startswith("wentu")
    with Image.open(io.BytesIO(as_png(CHART))) as image:
        assert json.loads(image.text["AIGC"]) == label  # type: ignore[attr-defined]
