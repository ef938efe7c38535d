"""The inventory of a territory: every host it declares, with the groups and variables that follow from it."""

from __future__ import annotations

import shlex
from typing import Any

from ansible.errors import AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.inventory import BaseInventoryPlugin

from territory.errors import TerritoryError
from territory.hosts import hosts
from territory.inventory import host_groups, host_variables
from territory.loader import load_territory

DOCUMENTATION = """
    name: metropole
    short_description: The hosts that a territory declares
    description:
        - Hosts are in groups by site, zone, role, commune, criticality and hardening level, as C(site_lac),
          C(role_border_router), C(commune_33063); their variables are those that the roles of this project read.
        - A source is a file whose name ends in C(metropole.yml).
    options:
        plugin:
            description: Says that the source is for this plugin.
            required: true
            choices: [metropole]
        territory:
            description: The name of a territory of this checkout, or the path of the folder of another.
            type: str
            required: true
            env: [{name: METROPOLE_TERRITORY}]
        ssh_config:
            description:
                - An ssh configuration file that knows the hosts by name, and how to get to them.
                - Without one, ssh's own configuration has to.
            type: path
            env: [{name: METROPOLE_SSH_CONFIG}]
"""

EXAMPLES = """
    plugin: metropole
    territory: sandbox
    ssh_config: ~/.ssh/sandbox
"""


class InventoryModule(BaseInventoryPlugin):
    """Ansible finds it by this name."""

    NAME = "metropole"

    def verify_file(self, path: str) -> bool:
        """Whether the source is for this plugin, by its name."""
        return super().verify_file(path) and path.endswith(("metropole.yml", "metropole.yaml"))

    def parse(self, inventory: InventoryData, loader: DataLoader, path: str, cache: bool = True) -> None:
        """Add the hosts of the source's territory. `AnsibleParserError` says all that is wrong with source or data."""
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        try:
            territory = load_territory(self.get_option("territory"))
        except TerritoryError as error:
            raise AnsibleParserError(str(error)) from error
        connection: dict[str, Any] = {}
        if ssh_config := self.get_option("ssh_config"):
            connection["ansible_ssh_common_args"] = shlex.join(["-F", ssh_config])
        for host in hosts(territory):
            inventory.add_host(host.name)
            for group in host_groups(host):
                inventory.add_child(inventory.add_group(group), host.name)
            for key, value in (host_variables(territory, host) | connection).items():
                inventory.set_variable(host.name, key, value)
