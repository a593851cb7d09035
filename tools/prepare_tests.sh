#!/bin/sh
# Makes sure a Chromium, a PostgreSQL server and the label readers of other makers are there: installs Debian's where it
# may, else says what is missing and fails.
set -eu

has_postgresql() { ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v postgres >/dev/null 2>&1; }
has_chromium() { command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1; }
has_dmtx() { command -v dmtxread >/dev/null 2>&1; }
has_zbar() { command -v zbarimg >/dev/null 2>&1; }
has_poppler() { command -v pdftoppm >/dev/null 2>&1 && command -v pdftotext >/dev/null 2>&1; }

missing=""
has_postgresql || missing="$missing postgresql"
has_chromium || missing="$missing chromium"
has_dmtx || missing="$missing dmtx-utils"
has_zbar || missing="$missing zbar-tools"
has_poppler || missing="$missing poppler-utils"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing for the tests:$missing"
  apt-get update -qq
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi
has_postgresql || { echo "Missing: a PostgreSQL server (initdb, postgres). On Debian: apt-get install postgresql" >&2; exit 1; }
has_chromium || { echo "Missing: Chromium. On Debian: apt-get install chromium" >&2; exit 1; }
has_dmtx || { echo "Missing: dmtxread (libdmtx). On Debian: apt-get install dmtx-utils" >&2; exit 1; }
has_zbar || { echo "Missing: zbarimg. On Debian: apt-get install zbar-tools" >&2; exit 1; }
has_poppler || { echo "Missing: pdftoppm and pdftotext. On Debian: apt-get install poppler-utils" >&2; exit 1; }
