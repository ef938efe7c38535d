"""Every failure under mocks shows the Output it came from."""

from __future__ import annotations

import os

os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "1"
