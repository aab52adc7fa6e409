/// Why a file of `bashuctl batch export` is not taken, or cannot be written.
public enum TransferReason: String, ReasonSentence {
    case file_unusable = "{file} cannot be used: {message}"
    case file_exists = "there is a file {file} already: no file is written over; choose another name"
    case file_busy = "{file} is being written by another program"
    case not_a_file = "{file} is not a file: it is read twice, so it cannot come from a pipe"
    case not_a_transfer = "{file} is no file of bashuctl batch export"
    case other_format = """
        {file} is of format {version}, and this program reads format {spoken}: use the same version of Bashu on both \
        sides
        """
    case no_hash_function = "{file} needs the hash function {name}, which this machine's libcrypto does not have"
    case cut_in_head = "{file} was cut short in its head: copy it again"
    case cut_in_batch = "{file} was cut short in batch {number} of {origin}: copy it again"
    case cut_at_end = "{file} was cut short after its last batch: copy it again"
    case damaged_head = "the head of {file} is not as it was written ({message}): copy it again"
    case damaged_batch = "batch {number} of {origin} in {file} is not as it was written ({message}): copy it again"
    case damaged_end = "the end of {file} is not as it was written ({message}): copy it again"
    case transfer_altered = "{file} was changed after it was made: its digest is not that of its lines"
    case file_signature_wrong = "{file} was changed after it was signed: its signature by key {key} is another one's"
    case file_signature_missing = """
        {file} is not signed, and a key of region {region} is trusted here: have it made again there, with \
        history.key_file set
        """
    case file_key_untrusted = """
        {file} is signed by key {key}, which nobody here has trusted: compare it with its region, then bashuctl key \
        trust
        """
    case file_key_revoked = "{file} is signed by key {key}, which was revoked here on {time} UTC ({message})"
    case late_signature_wrong = """
        {file} has a signature of batch {number} of {origin} by key {key} that is not that of the batch: nothing of \
        the file was taken, have it made again
        """
    case from_itself = "{file} was made by this very database, or by a copy of it"
    case for_another = "{file} was made for {peer}; this database is {own}"
    case for_former = """
        {file} was made for another database of {peer} than this one, which has been made anew: take a file there that \
        was made here (bashuctl batch export), then export again
        """
    case maker_unknown = """
        {file} comes from {region}, and no peer here is that: bashuctl peer add {region} --by-file
        """
    case other_batch = """
        batch {number} of {origin} in {file} is not the one that is here: two databases have published under one \
        origin, see Deploy/guide/lives.md
        """
    case file_lost = """
        {file} goes on after batch {number} of {origin}, and here is batch {here}: file {serial}, made {time} UTC, was \
        not imported. Import it first, or export again without --continue
        """
    case batches_lacking = """
        {file} goes on after batch {number} of {origin}, and here is batch {here}: what is between them has not come. \
        Export again without --continue
        """
    case not_the_daemon = """
        this is done as role {role}, which bashud logs in as; this is role {user}. Run it as the daemon's user: \
        sudo -u bashu bashuctl batch …
        """
    case origin_busy = "a link receives the batches of {origin} at present: try again when it has"
    case export_running = "another export for {peer} is running"
    case batch_vanished = "batch {number} of {origin} is no longer what it was when the export began: try again"
}
