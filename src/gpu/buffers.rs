//! Buffers and the way back from them.

use super::Gpu;
use crate::{Error, memory};
use std::sync::atomic::Ordering;
use std::sync::mpsc;

/// Refuses buffers that the device can neither make nor bind, by name and size [bytes], before any is made.
///
/// # Errors
/// [`Error::Device`] with what is needed and what there may be.
pub fn check(gpu: &Gpu, wanted: &[(&str, u64)]) -> Result<(), Error> {
    let limits = gpu.device.limits();
    let most = limits.max_buffer_size.min(limits.max_storage_buffer_binding_size);
    match wanted.iter().find(|(_, bytes)| *bytes > most) {
        None => Ok(()),
        Some((name, bytes)) => Err(Error::Device(format!(
            "`{name}` needs {} ({bytes} bytes) in one piece, and {} gives at most {} ({most} bytes); take fewer grid cells or bins, or run with \
             --backend cpu",
            memory::show(*bytes),
            gpu.adapter.name,
            memory::show(most)
        ))),
    }
}

/// A new buffer of `bytes` bytes, zeroed.
///
/// # Errors
/// [`Error::Device`] when the device has no room for it.
pub fn empty(gpu: &Gpu, name: &str, bytes: u64, usage: wgpu::BufferUsages) -> Result<wgpu::Buffer, Error> {
    // a binding may not be empty, and copies come in words
    let size = bytes.max(16).next_multiple_of(4);
    gpu.given.fetch_add(size, Ordering::Relaxed);
    gpu.guarded(name, || {
        gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(name),
            size,
            usage: usage | wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::COPY_SRC,
            mapped_at_creation: false,
        })
    })
}

/// A new storage buffer with these contents.
///
/// # Errors
/// As [`empty`].
pub fn filled(gpu: &Gpu, name: &str, bytes: &[u8]) -> Result<wgpu::Buffer, Error> {
    let buffer = empty(gpu, name, bytes.len() as u64, wgpu::BufferUsages::STORAGE)?;
    gpu.queue.write_buffer(&buffer, 0, bytes);
    Ok(buffer)
}

/// The first `bytes` bytes of a buffer, as words.
///
/// # Errors
/// [`Error::Device`] when the device is lost on the way.
pub fn read(gpu: &Gpu, buffer: &wgpu::Buffer, bytes: u64) -> Result<Vec<u32>, Error> {
    gather(gpu, &[(buffer, 0, bytes)])
}

/// Parts of buffers one behind the other, as words: buffer, offset and length [bytes, whole words].
///
/// # Errors
/// As [`read`].
pub fn gather(gpu: &Gpu, parts: &[(&wgpu::Buffer, u64, u64)]) -> Result<Vec<u32>, Error> {
    let bytes: u64 = parts.iter().map(|p| p.2).sum();
    if bytes == 0 {
        return Ok(Vec::new());
    }
    let staging = gpu.guarded("read-back", || {
        gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("read-back"),
            size: bytes,
            usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
            mapped_at_creation: false,
        })
    })?;
    let mut encoder = gpu.device.create_command_encoder(&Default::default());
    let mut to = 0;
    for (buffer, offset, length) in parts {
        encoder.copy_buffer_to_buffer(buffer, *offset, &staging, to, *length);
        to += length;
    }
    gpu.queue.submit([encoder.finish()]);
    let (tell, told) = mpsc::channel();
    staging.map_async(wgpu::MapMode::Read, .., move |r| {
        let _ = tell.send(r);
    });
    gpu.wait()?;
    match told.try_recv() {
        Ok(Ok(())) => {}
        Ok(Err(e)) => {
            return Err(Error::Device(format!(
                "{}: read-back failed: {e}",
                gpu.adapter.name
            )));
        }
        Err(_) => {
            return Err(Error::Device(format!(
                "{}: read-back did not end",
                gpu.adapter.name
            )));
        }
    }
    let view = staging
        .get_mapped_range(..)
        .map_err(|e| Error::Device(format!("{}: read-back failed: {e}", gpu.adapter.name)))?;
    Ok(bytemuck::pod_collect_to_vec(&view))
}
