"""The gate as people meet it: a verdict over a plan or a preview, in words and in JSON."""
