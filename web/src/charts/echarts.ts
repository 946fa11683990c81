/** The parts of ECharts that the page draws with; loaded with the first chart and not before. */
import { BarChart, LineChart, PieChart, ScatterChart } from 'echarts/charts'
import { GridComponent, LegendScrollComponent, TitleComponent, TooltipComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

// SVG: it scales, exports as it stands and needs nothing that the content security policy forbids.
use([
  BarChart,
  LineChart,
  PieChart,
  ScatterChart,
  GridComponent,
  LegendScrollComponent,
  TitleComponent,
  TooltipComponent,
  SVGRenderer,
])

export { init }
export type { ECharts } from 'echarts/core'
