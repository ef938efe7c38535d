"""Side by side with a named anchor, in one run, interleaved: what our way of doing it costs, or saves."""
