"""The settings of alerts: who is told, and over which server. They are part of `Settings`, which reads them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, SecretStr
from pydantic_settings import BaseSettings

from tunegenie_assets.setting_values import (
    checked_ascii,
    checked_emails,
    checked_host,
    checked_secret_address,
    checked_secret_ascii,
    checked_ui_address,
)

SecretAddress = Annotated[SecretStr | None, AfterValidator(checked_secret_address)]


class AlertSettings(BaseSettings):
    """With their defaults, nobody is told."""

    ui_url: Annotated[str, AfterValidator(checked_ui_address)] = ""
    alert_email: Annotated[str, AfterValidator(checked_emails)] = ""
    alert_webhook: SecretAddress = None
    heartbeat_url: SecretAddress = None
    smtp_host: Annotated[str, AfterValidator(checked_host)] = ""
    smtp_port: int = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: Annotated[str, AfterValidator(checked_ascii)] = ""
    smtp_password: Annotated[SecretStr | None, AfterValidator(checked_secret_ascii)] = None
    smtp_from: Annotated[str, AfterValidator(checked_emails)] = ""


def secret_values(settings: BaseSettings) -> frozenset[str]:
    """What no message, log or report may hold."""
    values = (getattr(settings, name) for name in type(settings).model_fields)
    return frozenset(value.get_secret_value() for value in values if isinstance(value, SecretStr))
