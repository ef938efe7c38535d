"""The public half of the platform: one region's network, keys, stores and rights, and the account around it."""
