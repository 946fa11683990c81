"""What is asked: each task turns a question into a prompt and an engine's text into an answer."""

from wentu.tasks.base import Knowledge, Task, Told, Tools
from wentu.tasks.chat import Chat
from wentu.tasks.extract import Extract
from wentu.tasks.support import Support

__all__ = ["Chat", "Extract", "Knowledge", "Support", "Task", "Told", "Tools"]
