from django import forms


class DayInput(forms.DateInput):
    """A day, as browsers pick it and read it, whatever the language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")
