"""``/widget.js``: the chat widget, for pages of any origin."""

from hashlib import sha256

from fastapi import FastAPI, Request
from starlette.responses import Response

from api.etags import holds
from api.widget.script import widget_script


def serve_widget(app: FastAPI) -> None:
    """Serve the script of the widget at ``/widget.js``; it is joined now, once."""
    script = widget_script().encode()
    headers = {
        "ETag": f'"{sha256(script).hexdigest()[:16]}"',
        # Seen anew within the hour after an upgrade, and nobody waits for that.
        "Cache-Control": "public, max-age=3600, stale-while-revalidate=86400",
        # The only thing here that other sites may load without being named: it holds no data.
        "Cross-Origin-Resource-Policy": "cross-origin",
    }

    @app.api_route("/widget.js", methods=["GET", "HEAD"], include_in_schema=False)
    async def widget(request: Request) -> Response:
        if holds(request.headers.get("if-none-match", ""), headers["ETag"]):
            return Response(status_code=304, headers=headers)
        return Response(script, media_type="text/javascript", headers=headers)
