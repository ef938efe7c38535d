"""The Pulumi program that `metro bench up` compares with: all of a territory in one stack."""
