//! Shaders parse and validate, and what kernels bind is what Rust declares.

use crate::shaders::declared;
use crate::{files, read};
use buffycoat::gpu::{Kind, bindings};
use buffycoat::kernels::{self, Kernel, Over};
use buffycoat::shaders;
use std::collections::BTreeSet;

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

/// The structs of a type, itself included.
fn structs(module: &naga::Module, ty: naga::Handle<naga::Type>, found: &mut BTreeSet<String>) {
    match &module.types[ty].inner {
        naga::TypeInner::Struct { members, .. } => {
            found.extend(module.types[ty].name.clone());
            members.iter().for_each(|m| structs(module, m.ty, found));
        }
        naga::TypeInner::Array { base, .. } => structs(module, *base, found),
        _ => {}
    }
}

/// The macro compares a struct with the one that a kernel has; here, that there is none without it.
#[test]
fn every_struct_that_a_kernel_binds_is_declared_by_the_macro() {
    let mut bound = BTreeSet::new();
    for kernel in kernels::ALL {
        let module = module(kernel);
        for (_, variable) in module.global_variables.iter() {
            if variable.binding.is_some() {
                structs(&module, variable.ty, &mut bound);
            }
        }
    }
    let declared: BTreeSet<String> = declared("gpu_struct")
        .iter()
        .map(|block| block.split_once("pub struct ").unwrap().1)
        .map(|rest| rest.split_once(' ').unwrap().0.to_owned())
        .collect();
    assert_eq!(
        bound, declared,
        "left: bound in shaders/, right: in `gpu_struct!` in src/"
    );
    assert!(bound.len() >= 6, "{bound:?}");
    for file in files("src").iter().filter(|f| !f.ends_with("shaders/shared.rs")) {
        assert!(
            !read(file).contains("#[repr(C)]"),
            "{}: declare what WGSL has, too, with `gpu_struct!`",
            file.display()
        );
    }
}

#[test]
fn a_kernel_has_one_entry_point_of_the_declared_workgroup() {
    for kernel in kernels::ALL {
        let module = module(kernel);
        let [entry] = &module.entry_points[..] else {
            panic!("{}: one entry point", kernel.name)
        };
        assert_eq!(entry.workgroup_size, [kernel.workgroup, 1, 1], "{}", kernel.name);
        if kernel.over == Over::Parcels {
            assert_eq!(
                kernel.workgroup,
                kernels::profile::KERNEL.workgroup,
                "pages are dispatched in rows of one size"
            );
        }
    }
}

/// Every device gives a workgroup 16 KiB; a software adapter gives more.
#[test]
fn workgroups_have_room_in_what_every_device_gives() {
    let mut most = 0;
    for kernel in kernels::ALL {
        let module = module(kernel);
        let own = module.global_variables.iter().map(|(_, v)| v);
        let bytes: u32 = own
            .filter(|v| v.space == naga::AddressSpace::WorkGroup)
            .map(|v| module.types[v.ty].inner.size(module.to_ctx()))
            .sum();
        assert!(bytes <= 16 << 10, "{}: {bytes} bytes", kernel.name);
        most = most.max(bytes);
    }
    // that of `deposit`, which takes all of it
    assert_eq!(most, 16 << 10);
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
