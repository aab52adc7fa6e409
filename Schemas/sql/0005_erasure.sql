-- Erasing: the data of a person go from the tables, the log and the cases, in every region and every replica.

-- Erasures in the index of changes (kind e): what had not seen them is taken out when it arrives.
CREATE INDEX change_erasure ON bashu.change (table_id, digest) WHERE kind = 'e';
