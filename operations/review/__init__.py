"""What a pull request changes, for a reviewer: both revisions planned offline, compared, judged and shown on one page.

Nothing here talks to an engine, a vCenter or a cloud, and nothing of what is reviewed is trusted: not its rules, its
waivers, its names, nor the code it plans with.
"""
