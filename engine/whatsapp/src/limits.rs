//! Field limits, as dated data.
