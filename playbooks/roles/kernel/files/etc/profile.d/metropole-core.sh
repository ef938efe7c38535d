# No shell leaves core dumps.
ulimit -c 0
