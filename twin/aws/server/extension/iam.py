"""Who may do what: what is in use stays, and what is named exists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from moto.iam.exceptions import DeleteConflictException, NotFoundException
from moto.iam.models import IAMBackend
from moto.iam.policy_validation import IAMTrustPolicyDocumentValidator

from twin.aws.server.extension.patching import around

ADDS: Final = (
    "a policy that is attached, or is somebody's boundary, cannot be deleted",
    "a permissions boundary that does not exist is refused",
    "a role's trust policy is checked when it is made, not only when it is changed",
)


def extend() -> None:
    """Change moto's backend in place."""
    around(IAMBackend, "create_role", _create_role)
    around(IAMBackend, "put_role_permissions_boundary", _put_boundary)
    around(IAMBackend, "delete_policy", _delete_policy)


def _create_role(
    create: Callable[..., Any],
    backend: IAMBackend,
    role_name: str,
    assume_role_policy_document: str,
    path: str,
    permissions_boundary: str | None,
    *others: Any,
    **named: Any,
) -> Any:
    IAMTrustPolicyDocumentValidator(assume_role_policy_document).validate()
    _check_boundary(backend, permissions_boundary)
    return create(backend, role_name, assume_role_policy_document, path, permissions_boundary, *others, **named)


def _put_boundary(put: Callable[..., Any], backend: IAMBackend, role_name: str, permissions_boundary: str) -> None:
    _check_boundary(backend, permissions_boundary)
    put(backend, role_name, permissions_boundary)


def _check_boundary(backend: IAMBackend, arn: str | None) -> None:
    # Policies of AWS itself are the same in every account, and moto knows them only when it is told to load them.
    if arn and ":aws:policy/" not in arn and arn not in backend.managed_policies:
        raise NotFoundException(f"Scope ARN: {arn} does not exist or is not attachable.")


def _delete_policy(delete: Callable[..., Any], backend: IAMBackend, policy_arn: str) -> None:
    policy = backend.get_policy(policy_arn)
    holders: list[Any] = [*backend.roles.values(), *backend.users.values()]
    bounds = any(getattr(holder, "permissions_boundary_arn", None) == policy.arn for holder in holders)
    if policy.attachment_count or bounds:
        raise DeleteConflictException("Cannot delete a policy attached to entities.")
    delete(backend, policy_arn)
