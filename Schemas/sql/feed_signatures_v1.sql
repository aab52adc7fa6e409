-- Signatures and public keys for peers, protocol version 1. A database passes on what it has, unchanged: who receives
-- it checks it.

-- Signatures of an origin's complete batches from `from_number` to `to_number`, in order, at most 4,000.
--   fingerprint  of the key, 32 bytes
-- Tables read: origin, batch, signature. Written: none.
CREATE OR REPLACE FUNCTION bashu.feed_signatures_v1(origin text, from_number bigint, to_number bigint)
RETURNS TABLE (number bigint, fingerprint bytea, algorithm text, signature bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
    SELECT s.number, s.fingerprint, s.algorithm, s.signature
      FROM bashu.origin o JOIN bashu.signature s ON s.origin_id = o.id
      JOIN bashu.batch b ON b.origin_id = s.origin_id AND b.number = s.number AND b.complete
     WHERE o.name = feed_signatures_v1.origin AND s.number BETWEEN from_number AND to_number
     ORDER BY s.number, s.fingerprint LIMIT 4000
$function$;

-- The public keys that are known here, at most 200: our own first, then those that are trusted here.
--   predecessor, succession   of a key that follows another: the fingerprint of that one, and its signature over the
--                             words in Sources/Integrity/Signing (SignedMessage.succession)
-- Tables read: public_key. Written: none.
CREATE OR REPLACE FUNCTION bashu.feed_keys_v1()
RETURNS TABLE (region text, algorithm text, spki bytea, predecessor bytea, succession bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
    SELECT k.region, k.algorithm, k.spki, k.predecessor, k.succession FROM bashu.public_key k
     ORDER BY k.own DESC, k.trusted_at IS NULL, k.first_seen, k.fingerprint LIMIT 200
$function$;

REVOKE ALL ON FUNCTION bashu.feed_signatures_v1(text, bigint, bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION bashu.feed_keys_v1() FROM PUBLIC;
