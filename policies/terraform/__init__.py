"""A plan as Terraform would have written it, for tools that read nothing else."""
