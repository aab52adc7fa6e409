/// Why the proof of a record does not prove it.
public enum ProofReason: String, ReasonSentence {
    case file_altered = "the file is not a proof as it was made (line {line}): {message}"
    case header_unreadable = "the first line of a batch is not one: {message}"
    case digest_unavailable = "batch {batch} needs {algorithm}, which this machine's OpenSSL lacks"
    case header_not_in_batch = "the first line of batch {batch} is not in the batch with this root"
    case change_not_in_batch = "a change of batch {batch} is not in the batch with this root"
    case change_unreadable = "a change of batch {batch} cannot be read: {message}"
    case shape_missing = "the file does not say which columns a change of batch {batch} has"
    case other_record = "a change of batch {batch} is of another record"
    case batch_twice = "batch {batch} is in the file twice"
    case no_change = "there is no change in the file"
    case not_signed = "nobody has signed batch {batch}"
    case signature_false = "the signature of batch {batch} by key {key} is not that of these bytes"
    case key_unknown = "batch {batch} is signed by key {key}, which is not in the file: name it with --key"
    case key_not_named = """
        batch {batch} is signed by key {key}, which you have not named: compare it with region {region}
        """
    case key_of_other_region = "batch {batch} of region {region} is signed by key {key}, which is of region {other}"
    case policy_differs = "the policy in the file is not the one whose fingerprint it gives"
    case row_differs = "the row in the file is not what its changes make: {columns}"
}
