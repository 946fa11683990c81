"""Charts: a picture's table, its statistics and forecast, explained in steps."""

from wentu.tasks.chart.task import ChartTask

__all__ = ["ChartTask"]
