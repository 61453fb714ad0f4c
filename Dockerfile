# The service in an image: docker build -t sourcier .  (docs/operations.md says the rest)
# Without torch and the libraries around it, which only configured models need; with them:
#   docker build --build-arg MODELS=true --build-arg PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu -t sourcier .
FROM python:3.11-slim AS packages
ARG MODELS=false
ARG PIP_EXTRA_INDEX_URL
WORKDIR /app
COPY requirements.txt ./
COPY deploy/left-out ./left-out
# The lock, less what nobody needs who only serves.
RUN if [ "$MODELS" = true ]; then rm left-out/models.txt; fi \
 && grep -ivE "^($(cat left-out/*.txt | paste -sd '|'))==" requirements.txt > runtime.txt \
 && python -m venv .venv \
 && .venv/bin/pip install --no-cache-dir --disable-pip-version-check --requirement runtime.txt

FROM python:3.11-slim
ARG OCR=false
RUN if [ "$OCR" = true ]; then apt-get update \
 && apt-get install -y --no-install-recommends tesseract-ocr tesseract-ocr-fra tesseract-ocr-eng \
 && rm -rf /var/lib/apt/lists/*; fi
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin sourcier \
 && install -d -o sourcier -g sourcier -m 0700 /data
WORKDIR /app
COPY --from=packages /app/.venv ./.venv
COPY documents ./documents
COPY index ./index
COPY rag ./rag
COPY api ./api
RUN .venv/bin/python -m compileall -q documents index rag api
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    SOURCIER_DATA_DIR=/data \
    SOURCIER_HOST=0.0.0.0 \
    SOURCIER_PORT=8000
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8000, timeout=4); c.request('GET', '/readyz'); raise SystemExit(c.getresponse().status != 200)"]
CMD ["python", "-m", "api"]
