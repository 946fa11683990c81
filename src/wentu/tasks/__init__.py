"""What is asked: each task turns a question into a prompt and an engine's text into an answer."""

from wentu.tasks.base import Knowledge, Task, Told, Tools
from wentu.tasks.chart import ChartTask
from wentu.tasks.chat import Chat
from wentu.tasks.extract import Extract
from wentu.tasks.support import Support

__all__ = ["ChartTask", "Chat", "Extract", "Knowledge", "Support", "Task", "Told", "Tools"]
