"""The HTTP side: routes, the wire's schemas, problem documents and the web page."""
