"""Things to click in a notebook. One click, one call: no rule lives here."""
