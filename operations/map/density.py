"""How much is drawn in a rectangle of the sheet: a coarse raster with running sums, so that asking costs nothing."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate

from operations.map.geometry import Box, Point

CELL = 4.0
"""Side of a cell, in the sheet's units."""


class Density:
    """Where lines run on a sheet."""

    def __init__(self, width: float, height: float, lines: Iterable[Iterable[Point]]) -> None:
        self._columns, self._rows = int(width / CELL) + 1, int(height / CELL) + 1
        grid = [[0] * self._columns for _ in range(self._rows)]
        for line in lines:
            for x, y in line:
                column, row = int(x / CELL), int(y / CELL)
                if 0 <= column < self._columns and 0 <= row < self._rows:
                    grid[row][column] = 1
        self._sums = [[0] * (self._columns + 1)]
        for row in grid:
            along = [0, *accumulate(row)]
            self._sums.append([above + here for above, here in zip(self._sums[-1], along, strict=True)])

    def __call__(self, box: Box) -> int:
        """The number of cells below a box that a line passes through."""
        left, right = (min(max(int(x / CELL), 0), self._columns) for x in (box.left, box.right + CELL))
        top, bottom = (min(max(int(y / CELL), 0), self._rows) for y in (box.top, box.bottom + CELL))
        sums = self._sums
        return sums[bottom][right] - sums[top][right] - sums[bottom][left] + sums[top][left]
