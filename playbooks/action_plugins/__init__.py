"""Actions that Ansible finds beside the playbooks."""
