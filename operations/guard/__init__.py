"""The gate at the engine's doors: one process plans and judges for every program and the policy pack."""
