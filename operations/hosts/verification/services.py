"""Units that hosts need, and units that no host may have."""

from __future__ import annotations

REQUIRED = {
    "apparmor.service": ("R37", "R45"),
    "auditd.service": ("R73",),
    "chrony.service": ("R71",),
    "nftables.service": ("R79",),
    "ssh.service": ("R79",),
    "systemd-journald.service": ("R71",),
    "systemd-networkd.service": ("R62",),
    "unattended-upgrades.service": ("R61",),
    "apt-daily.timer": ("R61",),
    "apt-daily-upgrade.timer": ("R61",),
    "metropole-integrity.timer": ("R76",),
}
"""Unit to the rules of ANSSI-BP-028 that need it to run."""

UNNEEDED = (
    "avahi-daemon.service",
    "bluetooth.service",
    "cups.service",
    "ctrl-alt-del.target",
    "debug-shell.service",
    "exim4.service",
    "inetd.service",
    "isc-dhcp-server.service",
    "kexec.target",
    "ModemManager.service",
    "nfs-server.service",
    "postfix.service",
    "rpcbind.service",
    "smbd.service",
    "snmpd.service",
    "systemd-coredump.socket",
    "systemd-timesyncd.service",
    "telnet.socket",
    "vsftpd.service",
)
"""What a hardened host has no use for (R62)."""

UNITS = (*REQUIRED, *UNNEEDED)
"""All that a collector asks systemd about, beside journals' uploads."""
