# syntax=docker/dockerfile:1
# Two stages: everything is built in the first, the second holds Python, the product and nothing to build with.

FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/csops-sync
WORKDIR /src
COPY requirements/run.lock requirements/run.lock
RUN /opt/csops-sync/bin/pip install --require-hashes -r requirements/run.lock
COPY pyproject.toml README.md ./
COPY src src
COPY migrations migrations
COPY config config
RUN /opt/csops-sync/bin/pip install --no-deps --no-build-isolation . \
 && /opt/csops-sync/bin/python -m compileall -q /opt/csops-sync/lib \
 && /opt/csops-sync/bin/pip uninstall --yes --quiet setuptools wheel pip

FROM python:3.11-slim-bookworm
# The font is for the Japanese of the weekly digest's picture.
RUN apt-get update && apt-get install --yes --no-install-recommends fonts-ipaexfont-gothic && rm -rf /var/lib/apt/lists/* \
 && pip uninstall --yes --quiet --root-user-action=ignore setuptools wheel pip \
 && groupadd --gid 10001 csops && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin csops \
 && install --directory --owner=10001 --group=10001 /var/lib/csops-sync
COPY --from=build /opt/csops-sync /opt/csops-sync

ENV PATH=/opt/csops-sync/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    CSOPS_SYNC_RULES=/etc/csops-sync/rules.yaml \
    CSOPS_SYNC_CONNECTIONS=/etc/csops-sync/csops-sync.yaml

# SQLite's file, where nothing else is configured; the rest of the file system may be read-only.
# (A CSOPS_SYNC_DATABASE_URL set here would forbid a CSOPS_SYNC_DATABASE_URL_FILE, so the working directory decides:
# the default is var/csops-sync.db below it.)
WORKDIR /var/lib/csops-sync
VOLUME /var/lib/csops-sync
USER 10001:10001

EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["csops-sync", "health"]
ENTRYPOINT ["csops-sync"]
CMD ["run"]
