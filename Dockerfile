# syntax=docker/dockerfile:1
FROM python:3.13-slim-bookworm AS build
RUN pip install --no-cache-dir "uv>=0.9,<1"
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
WORKDIR /app
COPY requirements requirements
# With PostgreSQL's own programs, for backups and their drills: pg_dump has to be as new as the server.
RUN uv venv /venv && uv pip sync --python /venv/bin/python --require-hashes requirements/local.txt
COPY . .
# Only names files: none of these is used when it runs.
RUN SECRET_KEY=build KEY_ENCRYPTION_KEYS=build:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= SITE_URL=https://build.example.org \
    DATABASE_URL=postgres://x@/x MIGRATION_DATABASE_URL=postgres://x@/x REDIS_URL=redis://x \
    DJANGO_SETTINGS_MODULE=credentials_site.settings.production /venv/bin/python manage.py collectstatic --noinput

FROM python:3.13-slim-bookworm
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 libfontconfig1 fonts-dejavu-core \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home /app app \
 && install -d -o 10001 -g 10001 /media /backups /backups/tmp
WORKDIR /app
COPY --from=build --chown=root:root /venv /venv
COPY --from=build --chown=root:root /app /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=credentials_site.settings.production STORAGE_URL=file:///media
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["gunicorn", "credentials_site.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "12", "--worker-tmp-dir", "/dev/shm", "--max-requests", "2000", "--max-requests-jitter", "200", "--access-logfile", "-", "--logger-class", "credentials_site.access_log.Tokenless", "--no-control-socket"]
