//! What stops a message at the last moment: an echo, or a stop, that the verdict did not know of.

/// The condition that nothing newer stops a message, over the columns or expressions that hold its number, its contact
/// and what its verdict knew ([`Leave`](crate::Leave)). A stop said under an id that proved to be the contact's counts.
#[rustfmt::skip] // It reads as SQL.
macro_rules! nothing_newer {
    ($number:literal, $contact:literal, $yields:literal, $echo:literal, $consent:literal, $suppressed:literal) => {
        concat!(
            "(NOT ", $yields, " OR NOT EXISTS (
                SELECT 1 FROM conversations c
                 WHERE c.number_id = ", $number, " AND c.contact_id = ", $contact, " AND c.echo_seq > ", $echo, "))
             AND (", $consent, " IS NULL OR NOT (
                EXISTS (SELECT 1 FROM consent_entries e
                         WHERE (e.contact_id = ", $contact, " OR e.contact_id IN
                                   (SELECT contact_id FROM contacts WHERE same_as = ", $contact, "))
                           AND e.seq > ", $consent, " AND e.change = 'withdrawn')
                OR (NOT ", $suppressed, " AND EXISTS (
                     SELECT 1 FROM suppressed s WHERE s.contact_id = ", $contact, "))))"
        )
    };
}

pub(super) use nothing_newer;
