from pathlib import Path

from wentu.core import errors
from wentu.core.codec import event_from_json, event_to_json
from wentu.core.errors import ImageTooLarge, WentuError, error_classes, error_from_event


def test_an_error_stays_itself_across_a_process_border() -> None:
    error = ImageTooLarge("99 MP is too large", limit=40, actual=99)
    back = error_from_event(event_from_json(event_to_json(error.as_event())))  # type: ignore[arg-type]
    assert type(back) is ImageTooLarge
    assert (back.message, back.hint, back.params) == (error.message, error.hint, {"limit": "40", "actual": "99"})


def test_codes_are_unique_and_every_error_says_what_to_do() -> None:
    classes = [WentuError]
    for cls in classes:
        classes.extend(cls.__subclasses__())
    assert len({cls.code for cls in classes}) == len(classes)
    assert all(cls.default_hint for cls in error_classes().values())


def test_the_tree_in_the_docstring_names_every_error() -> None:
    text = Path(errors.__file__).read_text("utf-8").split('"""')[1]
    assert [cls.__name__ for cls in error_classes().values() if cls.__name__ not in text] == []
