"""What judging costs, beside what others would judge the same with."""
