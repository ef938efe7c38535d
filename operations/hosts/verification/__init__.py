"""Whether running hosts are as the territory and ANSSI-BP-028 want them, without asking what made them so."""
