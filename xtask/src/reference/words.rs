//! Types of the contract in words.

use wit_parser::{Resolve, Type, TypeDefKind, TypeOwner};

pub(super) struct Words<'r> {
    pub(super) resolve: &'r Resolve,
}

impl Words<'_> {
    /// A parameter: `name` and what it is.
    pub(super) fn param(&self, name: &str, ty: &Type) -> String {
        format!("{} ({})", code(name), self.of(ty))
    }

    /// What a value of a type is.
    pub(super) fn of(&self, ty: &Type) -> String {
        let plain = match ty {
            Type::Bool => "yes or no",
            Type::U8 => "a whole number, 0 to 255",
            Type::U16 | Type::U32 | Type::U64 => "a whole number, 0 or more",
            Type::S8 | Type::S16 | Type::S32 | Type::S64 => "a whole number",
            Type::F32 | Type::F64 => "a number",
            Type::Char => "a character",
            Type::String => "text",
            Type::ErrorContext => "an error",
            Type::Id(id) => return self.named(*id),
        };
        plain.to_owned()
    }

    fn named(&self, id: wit_parser::TypeId) -> String {
        let one = &self.resolve.types[id];
        let Some(name) = &one.name else { return self.kind(&one.kind) };
        // A type that was taken over is the other one.
        if let TypeDefKind::Type(Type::Id(other)) = &one.kind
            && self.resolve.types[*other].name == one.name
        {
            return self.named(*other);
        }
        match one.owner {
            TypeOwner::Interface(owner) => {
                let interface = self.resolve.interfaces[owner].name.as_deref().unwrap_or_default();
                format!("[{name}](#{interface}-{name})")
            }
            _ => code(name),
        }
    }

    /// What a value of a nameless type is.
    pub(super) fn kind(&self, kind: &TypeDefKind) -> String {
        let or_nothing = |ty: &Option<Type>| ty.as_ref().map_or_else(|| "done".to_owned(), |ty| self.of(ty));
        match kind {
            TypeDefKind::Option(ty) => format!("{}, or none", self.of(ty)),
            TypeDefKind::List(Type::U8) => "bytes".to_owned(),
            TypeDefKind::List(ty) => format!("a list: {}", self.of(ty)),
            TypeDefKind::Tuple(tuple) => tuple.types.iter().map(|ty| self.of(ty)).collect::<Vec<_>>().join(" and "),
            TypeDefKind::Result(result) => match result.err.as_ref().map(|ty| self.of(ty)) {
                Some(error) if error.starts_with("[refusal]") => format!("{}; or refused", or_nothing(&result.ok)),
                Some(error) => format!("{}; or {error}", or_nothing(&result.ok)),
                None => or_nothing(&result.ok),
            },
            TypeDefKind::Type(ty) => self.of(ty),
            other => other.as_str().to_owned(),
        }
    }
}

/// A word of the contract.
pub(super) fn code(word: &str) -> String {
    format!("`{word}`")
}
