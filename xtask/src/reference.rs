//! x
use std::path::Path;
use anyhow::Result;
pub(crate) fn write(_root: &Path) -> Result<()> { Ok(()) }
