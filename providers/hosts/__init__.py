"""The package `metropole`: hosts that are hardened, watched for drift and mended as ordinary Pulumi resources."""
