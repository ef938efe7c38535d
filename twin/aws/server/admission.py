"""Who may call a simulated cloud: whoever signs with the one access key of its world, as AWS checks it."""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from twin.aws.server.cloud import Cloud

_SCHEME: Final = "AWS4-HMAC-SHA256 "


@dataclass(frozen=True)
class Refusal:
    """The answer for a caller that stays outside, in the shape its service's clients read."""

    status: int
    content_type: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Admission:
    """Checks signatures."""

    def __init__(self, cloud: Cloud) -> None:
        self._credentials = Credentials(cloud.access_key_id, cloud.secret_access_key)

    def refusal(self, method: str, path: str, headers: Sequence[tuple[str, str]], body: bytes) -> Refusal | None:
        """Why a request is refused; None when it carries a good signature."""
        given = {name.lower(): value for name, value in headers}
        parts = _authorization(given.get("authorization", ""))
        if parts is None:
            return _refusal(given, "", "MissingAuthenticationToken", "Request is missing Authentication Token")
        key, date, region, service, signed, signature = parts
        if key != self._credentials.access_key:
            code = "InvalidAccessKeyId" if service == "s3" else "InvalidClientTokenId"
            return _refusal(given, service, code, "The security token included in the request is invalid.")
        scheme = (S3SigV4Auth if service in ("s3", "s3-control") else SigV4Auth)(self._credentials, service, region)
        request = AWSRequest(method, f"http://{given.get('host', '')}{path}", data=body)
        for name in signed:
            request.headers[name] = given.get(name, "")
        request.context["timestamp"] = given.get("x-amz-date", date)
        expected = scheme.signature(scheme.string_to_sign(request, scheme.canonical_request(request)), request)
        if hmac.compare_digest(str(expected), signature):
            return None
        message = "The request signature we calculated does not match the signature you provided."
        return _refusal(given, service, "SignatureDoesNotMatch", message)


def _authorization(value: str) -> tuple[str, str, str, str, list[str], str] | None:
    """Key, date, region, service, signed headers and signature of the header; None when it is no such signature."""
    if not value.startswith(_SCHEME):
        return None
    pairs = [part.strip().partition("=") for part in value.removeprefix(_SCHEME).split(",")]
    fields = {name: content for name, _, content in pairs}
    scope = fields.get("Credential", "").split("/")
    if len(scope) != 5:
        return None
    key, date, region, service, _ = scope
    return key, date, region, service, fields.get("SignedHeaders", "").split(";"), fields.get("Signature", "")


def _refusal(given: dict[str, str], service: str, code: str, message: str) -> Refusal:
    error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    form = given.get("content-type", "").startswith("application/x-www-form-urlencoded")
    if service == "s3":
        text = error
    elif service == "ec2":
        text = f"<Response><Errors>{error}</Errors></Response>"
    elif form or service in ("route53", "s3-control"):
        text = f"<ErrorResponse>{error}</ErrorResponse>"
    else:
        body = json.dumps({"__type": code, "message": message}).encode()
        return Refusal(HTTPStatus.FORBIDDEN, "application/json", (("x-amzn-ErrorType", code),), body)
    return Refusal(HTTPStatus.FORBIDDEN, "text/xml", (), text.encode())
