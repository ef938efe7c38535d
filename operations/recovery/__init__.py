"""What an interrupted run left behind, and how it is put right."""
