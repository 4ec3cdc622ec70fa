//! An array of NumPy (.npy): a matrix of numbers, whose rows are points.
//!
//! Source: NumPy, "NEP 1: A simple file format for NumPy arrays", versions 1 to 3.

/// Its rows as text, with commas between; what they are, `columns` says.
pub(super) fn text(bytes: &[u8]) -> Result<String, String> {
    let short = "the file ends before its data do";
    let major = *bytes.get(6).ok_or(short)?;
    let (length, start) = if major == 1 {
        let b = bytes.get(8..10).ok_or(short)?;
        (usize::from(u16::from_le_bytes([b[0], b[1]])), 10)
    } else {
        let b = bytes.get(8..12).ok_or(short)?;
        (u32::from_le_bytes([b[0], b[1], b[2], b[3]]) as usize, 12)
    };
    let head = bytes.get(start..start + length).ok_or(short)?;
    let head: String = String::from_utf8_lossy(head).split_whitespace().collect();
    let of = |key: &str| head.split_once(&format!("'{key}':")).map(|p| p.1);
    let size = match of("descr") {
        Some(d) if d.starts_with("'<f8'") => 8,
        Some(d) if d.starts_with("'<f4'") => 4,
        _ => return Err("its numbers are not of 4 or 8 bytes; write it with `.astype(\"<f8\")`".into()),
    };
    let fortran = of("fortran_order").is_some_and(|f| f.starts_with("True"));
    let shape: Vec<usize> = of("shape")
        .and_then(|s| s.trim_start_matches('(').split(')').next())
        .map(|s| s.split(',').filter_map(|n| n.parse().ok()).collect())
        .unwrap_or_default();
    let &[rows, columns] = shape.as_slice() else {
        return Err(format!(
            "an array of {} dimensions; a matrix with a row for each point is needed",
            shape.len()
        ));
    };
    let data = &bytes[start + length..];
    let whole = rows.checked_mul(columns).and_then(|n| n.checked_mul(size));
    if whole != Some(data.len()) {
        return Err(short.into());
    }
    let value = |i: usize| {
        let b = &data[i * size..(i + 1) * size];
        if size == 4 {
            f64::from(f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
        } else {
            f64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]])
        }
    };
    let mut out = String::new();
    for i in 0..rows {
        for j in 0..columns {
            let at = if fortran { i + rows * j } else { j + columns * i };
            if j > 0 {
                out.push(',');
            }
            out.push_str(&format!("{:?}", value(at)));
        }
        out.push('\n');
    }
    Ok(out)
}
