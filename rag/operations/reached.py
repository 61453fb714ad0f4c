"""Can what must be reached be reached: the service at its port, the server of the model."""

import socket
from importlib.util import find_spec

import httpx2

from rag.operations.finding import Finding, well
from rag.settings import Settings

_PATIENCE_SECONDS = 5.0
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - looked up


def check_service(settings: Settings) -> Finding:
    """See whether the service answers at its port, or the port is free for it."""
    if not settings.port:
        return well("service", "port 0: a free port at each start")
    host = _EVERYWHERE.get(settings.host, settings.host)
    address = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
    try:
        reply = httpx2.get(f"{address}/readyz", timeout=_PATIENCE_SECONDS)
    except httpx2.ConnectError:
        return _free(settings, host)
    except httpx2.HTTPError as error:
        remedy = "look into its log; restart it if it hangs"
        return Finding("service", "fail", f"{address} does not answer ({_said(error)})", remedy)
    return _answer(address, reply)


def check_generator(settings: Settings) -> Finding:
    """See whether the model that writes can be reached."""
    match settings.generator:
        case "extractive":
            return well("generator", "extractive: quotes, and needs nothing")
        case "transformers":
            return _local_model(settings)
        case "openai":
            return _model_server(settings)


def _answer(address: str, reply: httpx2.Response) -> Finding:
    said = reply.text.replace(" ", "") if reply.status_code == 200 else ""
    if said == '{"status":"ready"}':
        return well("service", f"{address} answers questions")
    if said == '{"status":"ready","degraded":"encoder_unavailable"}':
        message = f"{address} answers from words alone: the server of its encoder fails"
        return Finding("service", "warn", message, "look after that server, or into the log")
    if reply.status_code == 503:
        return Finding("service", "warn", f"{address} is not ready yet", "wait, or read its log")
    remedy = "stop that program, or choose another port with SOURCIER_PORT"
    return Finding("service", "fail", f"another program answers at {address}", remedy)


def _free(settings: Settings, host: str) -> Finding:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.create_server((host, settings.port), family=family):
            return well("service", f"not running; {settings.host}, port {settings.port} is free")
    except OSError as error:
        return Finding(
            "service",
            "fail",
            f"cannot listen on {settings.host}, port {settings.port} ({error.strerror or error})",
            "choose another address with SOURCIER_HOST and SOURCIER_PORT",
        )


def _local_model(settings: Settings) -> Finding:
    missing = [name for name in ("torch", "transformers") if find_spec(name) is None]
    if missing:
        return Finding(
            "generator",
            "fail",
            f"{settings.transformers_model} needs {' and '.join(missing)}",
            "pip install --requirement requirements.txt, or SOURCIER_GENERATOR=extractive",
        )
    return well("generator", f"{settings.transformers_model}, loaded at the next start")


def _model_server(settings: Settings) -> Finding:
    address = f"{(settings.openai_base_url or '').rstrip('/')}/models"
    key = settings.openai_api_key
    headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
    try:
        reply = httpx2.get(address, headers=headers, timeout=_PATIENCE_SECONDS)
        listed = reply.json() if reply.status_code == 200 else None
    except (httpx2.HTTPError, ValueError) as error:
        return Finding(
            "generator",
            "fail",
            f"{address} does not answer ({_said(error)})",
            "start that server, or correct SOURCIER_OPENAI_BASE_URL; until then answers quote",
        )
    if reply.status_code in (401, 403):
        message = f"{address} refuses the key ({reply.status_code})"
        return Finding("generator", "fail", message, "set SOURCIER_OPENAI_API_KEY")
    names = _names(listed)
    if names is None:
        message = f"{address} does not list its models ({reply.status_code})"
        return Finding("generator", "warn", message, "ask a question, and see who wrote the answer")
    if settings.openai_model not in names:
        message = f"{address} does not list {settings.openai_model}"
        return Finding("generator", "fail", message, "correct SOURCIER_OPENAI_MODEL, or load it")
    return well("generator", f"{settings.openai_model} is at {settings.openai_base_url}")


def _names(listed: object) -> set[str] | None:
    """Return the ids in a list of models, None where it is none."""
    models = listed.get("data") if isinstance(listed, dict) else None
    if not isinstance(models, list):
        return None
    return {str(model.get("id")) for model in models if isinstance(model, dict)}


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__
