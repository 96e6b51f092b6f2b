//! Business hours: open and closed periods on a wall clock.
