"""What every stand-in provider shares: declarations are checked, compared, applied and read back here."""
