//! The GPU back-end: the program as wgpu compute passes. With `render/` the only room that names wgpu.

mod alone;
mod approach;
mod backend;
mod buffers;
mod calls;
mod device;
mod field;
mod harness;
mod pages;
mod pipeline;
mod reflect;

pub use approach::approach;
pub use backend::GpuBackend;
pub use device::{Adapter, Gpu, Selector, adapters, find};
pub use field::field;
pub use harness::Harness;
pub use reflect::{Binding, Kind, bindings};
