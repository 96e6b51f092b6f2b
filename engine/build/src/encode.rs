//! Makes components of core modules.

use wit_component::ComponentEncoder;

use crate::BuildError;

/// How a component begins: the magic word, and the binary format's version with the layer "component".
const COMPONENT_HEADER: [u8; 8] = [0x00, b'a', b's', b'm', 0x0d, 0x00, 0x01, 0x00];

/// A component of what a compiler left: the component itself, or a core module with the world in it, as `wit-bindgen`
/// writes it there.
///
/// # Errors
/// It is neither.
pub fn encode(built: Vec<u8>) -> Result<Vec<u8>, BuildError> {
    if built.starts_with(&COMPONENT_HEADER) {
        return Ok(built);
    }
    let encoded = ComponentEncoder::default().validate(true).module(&built).and_then(|encoder| encoder.encode());
    encoded.map_err(|error| {
        let hint = "in Rust `ponte_sdk::flow!(on_event)` makes one, in C the SDK's generated files";
        BuildError::NotAComponent(format!("what was built does not hold the contract's world: {hint} ({error:#})"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_component_stays_and_a_bare_module_is_refused_with_what_to_do() {
        assert_eq!(encode(COMPONENT_HEADER.to_vec()).unwrap(), COMPONENT_HEADER);
        // (module (import "env" "x" (func)))
        let module = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x02\x09\x01\x03env\x01x\0\0";
        let error = encode(module.to_vec()).unwrap_err().to_string();
        assert!(error.contains("ponte_sdk::flow!"), "{error}");
        assert!(encode(b"no wasm".to_vec()).is_err());
    }
}
