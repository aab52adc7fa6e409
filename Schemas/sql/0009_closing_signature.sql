-- Who vouches for the end of an origin. Deploy/guide/lives.md.

--   fingerprint, signature   of the declaring region's key, over the words in Sources/Integrity/Signing
--                            (SignedMessage.closing); NULL while its daemon has not signed
ALTER TABLE bashu.closing
    ADD COLUMN fingerprint bytea CHECK (octet_length(fingerprint) = 32),
    ADD COLUMN signature   bytea CHECK (octet_length(signature) BETWEEN 1 AND 128);
