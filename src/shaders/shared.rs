//! What Rust and WGSL both declare: the structs that kernels bind, and constants.
//!
//! They are declared by the macros of this file, and each macro adds a test that compares them with the WGSL texts. Other tests search
//! the sources for structs and constants that were declared without them.

/// Declares a struct that WGSL has, too. A test of the same name compares fields, offsets and size with those that naga finds.
macro_rules! gpu_struct {
    ($(#[$m:meta])* pub struct $name:ident { $($(#[$fm:meta])* pub $field:ident : $t:ty),* $(,)? }) => {
        $(#[$m])*
        #[repr(C)]
        #[derive(Clone, Copy, Debug, Default, PartialEq, bytemuck::Pod, bytemuck::Zeroable)]
        pub struct $name { $($(#[$fm])* pub $field: $t),* }

        #[cfg(all(test, feature = "gpu"))]
        #[test]
        #[expect(non_snake_case, reason = "the test has the name of its struct")]
        fn $name() {
            let fields = [$((stringify!($field), std::mem::offset_of!($name, $field))),*];
            $crate::shaders::shared::compare::layout(stringify!($name), size_of::<$name>(), &fields);
        }
    };
}

/// Declares constants that WGSL has, too, by the same names. A test compares their values; one block a module.
macro_rules! gpu_constants {
    ($($(#[$m:meta])* $v:vis const $name:ident : $t:ty = $value:expr;)+) => {
        $($(#[$m])* $v const $name: $t = $value;)+

        #[cfg(test)]
        #[test]
        fn constants_are_those_of_wgsl() {
            $($crate::shaders::shared::compare::constant(stringify!($name), $name);)+
        }
    };
}

pub(crate) use {gpu_constants, gpu_struct};

#[cfg(test)]
pub(crate) mod compare {
    use crate::shaders::SOURCES;

    /// A number as WGSL writes it.
    pub trait Number: Copy + std::fmt::Debug {
        /// Whether a literal stands for it.
        fn is(self, literal: &str) -> bool;
    }

    impl Number for u32 {
        fn is(self, literal: &str) -> bool {
            literal.strip_suffix('u').and_then(|d| d.parse().ok()) == Some(self)
        }
    }

    impl Number for usize {
        fn is(self, literal: &str) -> bool {
            literal.strip_suffix('u').and_then(|d| d.parse().ok()) == Some(self)
        }
    }

    impl Number for f32 {
        fn is(self, literal: &str) -> bool {
            literal.contains(['.', 'e']) && literal.parse() == Ok(self)
        }
    }

    impl Number for f64 {
        fn is(self, literal: &str) -> bool {
            (self as f32).is(literal)
        }
    }

    /// Asserts that the WGSL constant of this name has this value, and that there is one.
    pub fn constant(name: &str, value: impl Number) {
        let declaration = format!("const {name}: ");
        let mut found = 0;
        for (file, text) in SOURCES {
            for line in text.lines() {
                let Some(rest) = line.strip_prefix(&declaration) else {
                    continue;
                };
                let literal = rest.split_once(" = ").unwrap().1.strip_suffix(';').unwrap();
                assert!(
                    value.is(literal),
                    "{name} is {value:?} in Rust and {literal} in shaders/{file}.wgsl"
                );
                found += 1;
            }
        }
        assert_eq!(found, 1, "WGSL constants of the name {name}");
    }

    /// Asserts that the WGSL struct of this name has these fields, at these offsets, and this size.
    #[cfg(feature = "gpu")]
    pub fn layout(name: &str, size: usize, fields: &[(&str, usize)]) {
        let declaration = format!("struct {name} {{");
        let kernels = SOURCES.iter().filter(|(file, _)| file.starts_with("kernels/"));
        let text = kernels
            .map(|(file, _)| crate::shaders::link(file).unwrap())
            .find(|text| text.contains(&declaration))
            .unwrap_or_else(|| panic!("no kernel has the struct {name}"));
        let module =
            naga::front::wgsl::parse_str(&text).unwrap_or_else(|e| panic!("{}", e.emit_to_string(&text)));
        let (_, found) = module
            .types
            .iter()
            .find(|(_, t)| t.name.as_deref() == Some(name))
            .unwrap();
        let naga::TypeInner::Struct { members, span } = &found.inner else {
            panic!("{name} is no struct")
        };
        let wgsl: Vec<(&str, usize)> = members
            .iter()
            .map(|m| (m.name.as_deref().unwrap(), m.offset as usize))
            .collect();
        assert_eq!(fields, wgsl, "left: fields of {name} in Rust, right: in WGSL");
        assert_eq!(
            size, *span as usize,
            "left: size of {name} in Rust, right: in WGSL"
        );
    }

    #[test]
    fn a_literal_stands_for_one_number() {
        assert!(49_u32.is("49u") && !49_u32.is("48u") && !49_u32.is("49"));
        assert!(49_usize.is("49u") && !1_usize.is("1.0"));
        assert!(0.1_f64.is("0.1") && 1e-9_f64.is("1e-9") && !0.1_f64.is("0.1000001") && !2.0_f64.is("2"));
        assert!(2.0_f32.is("2.0") && !2.0_f32.is("2u"));
    }
}
