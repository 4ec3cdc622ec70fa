//! Shaders parse and validate, and every struct that Rust sends has the layout that WGSL gives it.
//!
//! What it has caught: a `vec3<u32>` before a scalar, which WGSL packs and Rust did not.

use buffycoat::gpu::{Kind, bindings};
use buffycoat::kernels::{self, Kernel, Over, Page, Params, Passage};
use buffycoat::shaders;

fn module(kernel: &Kernel) -> naga::Module {
    let text = shaders::link(&kernel.source()).unwrap();
    naga::front::wgsl::parse_str(&text)
        .unwrap_or_else(|e| panic!("{}: {}", kernel.name, e.emit_to_string(&text)))
}

#[test]
fn every_kernel_parses_and_validates() {
    for kernel in kernels::ALL {
        let module = module(kernel);
        naga::valid::Validator::new(
            naga::valid::ValidationFlags::all(),
            naga::valid::Capabilities::empty(),
        )
        .validate(&module)
        .unwrap_or_else(|e| panic!("{}: {e:?}", kernel.name));
    }
}

#[test]
fn structs_have_the_same_fields_offsets_and_size_in_rust_and_wgsl() {
    let module = module(&kernels::advance_carried::KERNEL);
    for (name, size, fields) in [
        ("Params", size_of::<Params>(), Params::FIELDS),
        ("Page", size_of::<Page>(), Page::FIELDS),
        ("Passage", size_of::<Passage>(), Passage::FIELDS),
    ] {
        let (_, ty) = module
            .types
            .iter()
            .find(|(_, t)| t.name.as_deref() == Some(name))
            .unwrap();
        let naga::TypeInner::Struct { members, span } = &ty.inner else {
            panic!("{name} is no struct")
        };
        let wgsl: Vec<(&str, usize)> = members
            .iter()
            .map(|m| (m.name.as_deref().unwrap(), m.offset as usize))
            .collect();
        assert_eq!(fields, wgsl, "fields of {name}");
        assert_eq!(size, *span as usize, "size of {name}");
    }
}

#[test]
fn constants_entry_points_and_workgroups_agree() {
    for kernel in kernels::ALL {
        let module = module(kernel);
        let [entry] = &module.entry_points[..] else {
            panic!("{}: one entry point", kernel.name)
        };
        assert_eq!(entry.name, kernel.entry);
        assert_eq!(entry.workgroup_size, [kernel.workgroup, 1, 1], "{}", kernel.name);
        if kernel.over == Over::Parcels {
            assert_eq!(
                kernel.workgroup,
                kernels::profile::KERNEL.workgroup,
                "pages are dispatched in rows of one size"
            );
        }
        for (name, value) in [
            ("CORIOLIS", kernels::params::CORIOLIS),
            ("SCHILLER_NAUMANN", kernels::params::SCHILLER_NAUMANN),
            ("LATERAL", kernels::params::LATERAL),
        ] {
            let (_, c) = module
                .constants
                .iter()
                .find(|(_, c)| c.name.as_deref() == Some(name))
                .unwrap();
            let naga::Expression::Literal(naga::Literal::U32(v)) = module.global_expressions[c.init] else {
                panic!("{name} is no u32")
            };
            assert_eq!(v, value, "{name}");
        }
    }
}

#[test]
fn every_output_is_written_and_every_written_buffer_is_an_output() {
    for kernel in kernels::ALL {
        let text = shaders::link(&kernel.source()).unwrap();
        let bound = bindings(kernel.name, &text).unwrap();
        let mut written: Vec<&str> = bound
            .iter()
            .filter(|b| b.kind == Kind::ReadWrite)
            .map(|b| b.name.as_str())
            .collect();
        let mut outputs: Vec<&str> = kernel.outputs.iter().map(|o| o.buffer).collect();
        written.sort_unstable();
        outputs.sort_unstable();
        assert_eq!(written, outputs, "{}", kernel.name);
        for fixture in (kernel.fixtures)() {
            for b in bound.iter().filter(|b| b.kind != Kind::Uniform) {
                assert!(
                    fixture.buffers.iter().any(|(n, _)| *n == b.name),
                    "{}: no {}",
                    fixture.label,
                    b.name
                );
            }
        }
    }
}

#[test]
fn an_unparsable_shader_is_an_error_with_its_place() {
    let message = bindings("broken", "fn f() -> f32 {\n  return 1.0 + ;\n}")
        .unwrap_err()
        .to_string();
    assert!(message.contains("broken") && message.contains("2:"), "{message}");
}
