/// Why nobody who is trusted vouches for a batch.
public enum SignatureReason: String, ReasonSentence {
    case batch_not_vouched = "batch {number} of {origin} from peer {peer} is refused: {message}"
    case signature_wrong = """
        batch {number} of {origin} from peer {peer} is refused: its signature by key {key} is not that of these bytes
        """
    case key_revoked = """
        batch {number} of {origin} from peer {peer} is refused: it is signed by key {key}, which was revoked here on \
        {time} UTC ({message})
        """
    case key_untrusted = """
        batch {number} of {origin} from peer {peer} is refused: it is signed by key {key}, which nobody here has \
        trusted: compare it with its region, then bashuctl key trust
        """
    case signature_missing = """
        batch {number} of {origin} from peer {peer} is refused: it has no signature, and batches of its region must \
        have one
        """
}
