//! What a shader binds, read from the shader itself: bindings are matched by the name of the WGSL variable.

use crate::Error;

/// What is bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A uniform buffer.
    Uniform,
    /// A storage buffer that is only read.
    ReadOnly,
    /// A storage buffer that is written.
    ReadWrite,
}

/// One binding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Name of the variable.
    pub name: String,
    /// Its number; all are in group 0.
    pub number: u32,
    /// Its kind.
    pub kind: Kind,
}

/// The bindings of a linked kernel, in the order of their numbers.
///
/// # Errors
/// [`Error::Internal`] when the text does not parse or binds what this back-end does not know.
pub fn bindings(label: &str, text: &str) -> Result<Vec<Binding>, Error> {
    let module = naga::front::wgsl::parse_str(text)
        .map_err(|e| Error::Internal(format!("shader {label}:\n{}", e.emit_to_string(text))))?;
    let mut found = Vec::new();
    for (_, variable) in module.global_variables.iter() {
        let Some(at) = variable.binding else { continue };
        let name = variable.name.clone().unwrap_or_default();
        let kind = match variable.space {
            naga::AddressSpace::Uniform => Kind::Uniform,
            naga::AddressSpace::Storage { access } if access.contains(naga::StorageAccess::STORE) => {
                Kind::ReadWrite
            }
            naga::AddressSpace::Storage { .. } => Kind::ReadOnly,
            other => {
                return Err(Error::Internal(format!(
                    "shader {label}: `{name}` is bound in {other:?}"
                )));
            }
        };
        if at.group != 0 {
            return Err(Error::Internal(format!(
                "shader {label}: `{name}` is in group {}, not 0",
                at.group
            )));
        }
        found.push(Binding {
            name,
            number: at.binding,
            kind,
        });
    }
    found.sort_by_key(|b| b.number);
    Ok(found)
}
