"""The least that a Django view can do to take something in: one INSERT and one UPDATE in a transaction."""

from __future__ import annotations

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from listening.embedded.folder import WEB_ROLE

TABLES = """
    CREATE TABLE bench_written (id bigserial PRIMARY KEY, number bigint NOT NULL);
    CREATE TABLE bench_marked (number bigint PRIMARY KEY, marked boolean NOT NULL);
    INSERT INTO bench_marked SELECT number, false FROM generate_series(1, {rows}) AS number;
    GRANT SELECT, INSERT, UPDATE ON bench_written, bench_marked TO {role};
    GRANT USAGE ON SEQUENCE bench_written_id_seq TO {role};
"""


def make_tables(rows: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(TABLES.format(rows=rows, role=WEB_ROLE))


@csrf_exempt
def bare(request: HttpRequest, number: int) -> HttpResponse:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_written (number) VALUES (%s)", [number])
        cursor.execute("UPDATE bench_marked SET marked = true WHERE number = %s", [number])
    return HttpResponse("ok")
