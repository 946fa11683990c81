# The page is built in the first stage; what runs has no Node and no compiler.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN pip install --no-cache-dir build && python -m build --wheel --outdir /wheel

FROM python:3.11-slim-bookworm
RUN useradd --create-home wentu && mkdir /data && chown wentu /data
COPY --from=build /wheel/*.whl /tmp/
COPY constraints.txt /tmp/
RUN wheel=$(ls /tmp/*.whl) && pip install --no-cache-dir "${wheel}[postgres]" --constraint /tmp/constraints.txt && rm /tmp/*
USER wentu
ENV WENTU_DATA_DIR=/data PYTHONUNBUFFERED=1
CMD ["wentu", "serve"]
