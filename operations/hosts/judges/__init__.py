"""The independent judges: OpenSCAP and Lynis, in a guest that boots the golden image's disk with its own kernel."""
