"""A territory as a picture: what it shows, where everything lies on the sheet, and three ways to render it.

`subject` reads the territory, `layout` computes every position (pure, deterministic), and `svg`, `html` and `text`
write what `layout` or `subject` say. Nothing here knows a deployed world: a map is of what is declared.
"""
