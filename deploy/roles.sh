#!/bin/sh
# Runs once, when the volume is new: the two roles of docs/decisions/0002. Neither is a superuser.
set -eu
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" \
  -v app_password="$APP_DATABASE_PASSWORD" -v migrator_password="$MIGRATOR_DATABASE_PASSWORD" <<'SQL'
CREATE ROLE migrator LOGIN CREATEDB BYPASSRLS NOSUPERUSER PASSWORD :'migrator_password';
CREATE ROLE app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'app_password';
ALTER ROLE app SET statement_timeout = '60s';
ALTER ROLE app SET lock_timeout = '10s';
ALTER ROLE app SET idle_in_transaction_session_timeout = '120s';
ALTER ROLE migrator SET lock_timeout = '5s';
CREATE DATABASE laurel OWNER migrator;
SQL
