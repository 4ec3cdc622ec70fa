//! An array of NumPy (.npy): a matrix of numbers, whose rows are points.
//!
//! Source: NumPy, "NEP 1: A simple file format for NumPy arrays", versions 1 to 3.

/// Why the numbers of a `descr`, which begins what is given, are not read.
fn kind(descr: Option<&str>) -> String {
    // '<i8', or a list of fields
    let name = descr.and_then(|d| d.strip_prefix('\'')?.split('\'').next());
    let mut letters = name.unwrap_or_default().chars();
    let (order, sort) = (letters.next(), letters.next());
    let size = letters.as_str();
    let what = match (order, sort) {
        (_, Some('i' | 'u')) => "integers".to_owned(),
        (_, Some('b')) => "truth values".to_owned(),
        (_, Some('c')) => "complex".to_owned(),
        (Some('>'), Some('f')) => "in big-endian order".to_owned(),
        (_, Some('f')) => format!("floating-point numbers of {size} bytes"),
        (_, Some('S' | 'U')) => "text".to_owned(),
        (_, Some('O')) => "Python objects".to_owned(),
        _ => return "its rows have named fields; save a plain matrix of numbers".into(),
    };
    let name = name.unwrap_or_default();
    let way = if sort == Some('c') {
        ".real.astype(\"<f8\")"
    } else {
        ".astype(\"<f8\")"
    };
    format!(
        "its numbers are {what} (`{name}`), and floating-point numbers of 4 or 8 bytes are needed; save it with `{way}`"
    )
}

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
        other => return Err(kind(other)),
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
