"""The host tier: every virtual machine that is powered on in a world runs as a systemd container on real wires."""
