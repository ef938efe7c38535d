"""`metro bench harden`: hosts hardened from the golden image, and bare ones by all the same roles."""
