/// The table that everything is done to: 21 columns of mixed types, about 545 bytes a row, as a catalogue of
/// standards has them.
enum SampleTable {
    static let name = "public.item"
    /// A second, tiny one: to see that replication runs.
    static let beat = "public.beat"
    static let columnCount = 21

    /// What every database gets.
    static let definition = """
        CREATE TABLE public.item (
            id         bigint PRIMARY KEY,
            number     text NOT NULL,
            title      text NOT NULL,
            title_en   text NOT NULL,
            status     text NOT NULL,
            mandatory  boolean NOT NULL,
            issued     date NOT NULL,
            effective  date,
            withdrawn  date,
            pages      integer,
            edition    smallint,
            downloads  bigint NOT NULL,
            fee        numeric(10,2),
            score      double precision,
            ident      uuid NOT NULL,
            digest     bytea NOT NULL,
            classes    text[],
            extra      jsonb,
            abstract   text,
            seq        bigint NOT NULL,
            changed    timestamptz NOT NULL
        );
        CREATE TABLE public.beat (id integer PRIMARY KEY, turn bigint NOT NULL);
        """

    /// Rows ready to be inserted, so that their making costs nothing while something is measured.
    static func seed(rows: Int) -> String {
        """
        CREATE TABLE public.seed AS
        WITH word AS (SELECT '{电梯,制造,安装,安全,规范,火锅,底料,川菜,术语,智能,机器人,数据,接口,要求,检测,方法,\
        城市,轨道,交通,绿色,建筑,评价,标准,信用,服务,指南,第𬭎部分,通则}'::text[] AS list)
        SELECT n AS id,
               'DB50/T ' || n || '-' || 2000 + n % 26 AS number,
               (SELECT string_agg(list[1 + (n * k * 7919) % 28], '' ORDER BY k) FROM generate_series(1, 8) k) AS title,
               'Specification no. ' || n || ' for ' || left(md5(n::text), 12) AS title_en,
               CASE n % 5 WHEN 0 THEN '废止' WHEN 1 THEN '即将实施' ELSE '现行' END AS status,
               n % 3 = 0 AS mandatory,
               date '2000-01-01' + (n % 9000)::integer AS issued,
               date '2000-06-01' + (n % 9000)::integer AS effective,
               NULL::date AS withdrawn,
               (4 + n % 300)::integer AS pages,
               (1 + n % 4)::smallint AS edition,
               n * 37 % 100000 AS downloads,
               (n % 50000) / 100.0 AS fee,
               sqrt(n) AS score,
               md5('ident' || n)::uuid AS ident,
               decode(md5('digest' || n), 'hex') AS digest,
               ARRAY['ICS ' || n % 97, 'CCS ' || n % 89, list[1 + n % 28]] AS classes,
               jsonb_build_object('proposer', list[1 + n % 28] || '委员会', 'draft', n % 7, 'open', n % 2 = 0) AS extra,
               (SELECT string_agg(list[1 + (n + k * k * 31) % 28], '，' ORDER BY k)
                  FROM generate_series(1, 17) k) AS abstract,
               0::bigint AS seq,
               timestamptz '2024-01-01 00:00:00+08' + n * interval '1 second' AS changed
          FROM word, generate_series(1, \(rows)::bigint) n;
        """
    }

    /// Puts rows into the table by one statement: `rows` of them, the seed as often as it takes.
    static func insert(rows: Int, seedRows: Int) -> String {
        let columns = """
            number, title, title_en, status, mandatory, issued, effective, withdrawn, pages, edition, downloads, fee,
            score, ident, digest, classes, extra, abstract, seq, changed
            """
        guard rows > seedRows else {
            return "INSERT INTO public.item SELECT id, \(columns) FROM public.seed WHERE id <= \(rows)"
        }
        let rounds = (rows + seedRows - 1) / seedRows
        return """
            INSERT INTO public.item SELECT id + turn * \(seedRows), \(columns)
              FROM generate_series(0, \(rounds - 1)::bigint) turn, public.seed
             WHERE id + turn * \(seedRows) <= \(rows)
            """
    }

    /// Changes five columns of every row by one statement.
    static func update(mark: Int) -> String {
        """
        UPDATE public.item SET status = '废止', withdrawn = date '2026-08-01', downloads = downloads + 1,
               seq = \(mark), changed = clock_timestamp()
        """
    }

    /// Changes five columns of one row: a prepared statement, (id, seq).
    static let prepareOne = """
        PREPARE change_one (bigint, bigint) AS
        UPDATE public.item SET status = '修订中', withdrawn = date '2026-08-01', downloads = downloads + 1,
               seq = $2, changed = clock_timestamp() WHERE id = $1
        """

    static func updateOne(id: Int, seq: Int) -> String { "EXECUTE change_one (\(id), \(seq))" }

    /// One row: how many rows there are, and a number that is the same where all their values are.
    static let fingerprint = """
        SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM public.item t
        """
}
