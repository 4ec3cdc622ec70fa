//! Arrays of a VTK XML file: where their bytes are, and how they are packed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use roxmltree::Node;
use std::io::Read;

const ENDS: &str = "the file ends before its data do";

/// The data behind the last element, which need not be XML.
pub struct Appended<'a> {
    raw: bool,
    /// After the underscore.
    data: &'a [u8],
}

/// How numbers and blocks of a file are written.
#[derive(Clone, Copy)]
pub struct Packing {
    little: bool,
    /// Bytes of a number of a header.
    header: usize,
    zlib: bool,
}

impl Packing {
    pub fn of(root: Node<'_, '_>) -> Result<Self, String> {
        let zlib = match root.attribute("compressor") {
            None | Some("") => false,
            Some("vtkZLibDataCompressor") => true,
            Some(other) => {
                return Err(format!(
                    "the file is packed by {other}; in ParaView choose ZLib or None as Compressor Type"
                ));
            }
        };
        Ok(Self {
            little: root.attribute("byte_order") != Some("BigEndian"),
            header: if root.attribute("header_type") == Some("UInt64") {
                8
            } else {
                4
            },
            zlib,
        })
    }

    /// For people.
    pub fn told(self, format: &str) -> String {
        let packed = if self.zlib && format != "ascii" {
            ", zlib"
        } else {
            ""
        };
        format!("{format}{packed}")
    }

    /// The whole number in some bytes.
    fn number(self, bytes: &[u8]) -> u64 {
        let add = |n: u64, b: &u8| n << 8 | u64::from(*b);
        if self.little {
            bytes.iter().rev().fold(0, add)
        } else {
            bytes.iter().fold(0, add)
        }
    }

    /// Number `i` of a header.
    fn word(self, bytes: &[u8], i: usize) -> Result<usize, String> {
        let at = i.checked_mul(self.header).ok_or(ENDS)?;
        let word = bytes.get(at..at + self.header).ok_or(ENDS)?;
        usize::try_from(self.number(word)).map_err(|_| ENDS.to_owned())
    }
}

/// Up to the appended data, and those.
pub fn split(bytes: &[u8]) -> Result<(&[u8], Option<Appended<'_>>), String> {
    let find = |what: &[u8], from: &[u8]| from.windows(what.len()).position(|w| w == what);
    let Some(start) = find(b"<AppendedData", bytes) else {
        return Ok((bytes, None));
    };
    let (head, rest) = bytes.split_at(start);
    let end = find(b">", rest).ok_or("the file ends within <AppendedData")?;
    let (tag, data) = rest.split_at(end);
    let raw = match (find(b"\"raw\"", tag), find(b"\"base64\"", tag)) {
        (Some(_), _) => true,
        (None, Some(_)) => false,
        (None, None) => return Err("the encoding of <AppendedData is neither raw nor base64".into()),
    };
    let mark = find(b"_", data).ok_or("there is no `_` before the appended data")?;
    let data = data.get(mark + 1..).unwrap_or_default();
    Ok((head, Some(Appended { raw, data })))
}

/// Bytes of a file, as they are or in base64.
struct Source<'a> {
    bytes: &'a [u8],
    raw: bool,
}

impl Source<'_> {
    /// So many bytes that were encoded by themselves, from `from` on as written, and where they end as written.
    fn take(&self, from: usize, bytes: usize) -> Result<(Vec<u8>, usize), String> {
        let length = if self.raw {
            bytes
        } else {
            bytes.div_ceil(3).checked_mul(4).ok_or(ENDS)?
        };
        let end = from.checked_add(length).ok_or(ENDS)?;
        let part = self.bytes.get(from..end).ok_or(ENDS)?;
        if self.raw {
            return Ok((part.to_vec(), end));
        }
        let mut out = STANDARD
            .decode(part)
            .map_err(|e| format!("it is not base64: {e}"))?;
        out.truncate(bytes);
        Ok((out, end))
    }
}

/// The `wanted` numbers of an array.
pub fn values(
    array: Node<'_, '_>,
    wanted: usize,
    packing: Packing,
    appended: Option<&Appended<'_>>,
) -> Result<Vec<f64>, String> {
    let kind = array.attribute("type").unwrap_or("no type");
    let size = match kind {
        "Int8" | "UInt8" => 1,
        "Int16" | "UInt16" => 2,
        "Float32" | "Int32" | "UInt32" => 4,
        "Float64" | "Int64" | "UInt64" => 8,
        other => return Err(format!("numbers of {other}; Float32 or Float64 are needed")),
    };
    let inside = array.text().unwrap_or_default();
    let stripped: Vec<u8>;
    let source = match array.attribute("format") {
        Some("ascii") => return text(inside, wanted),
        Some("binary") => {
            stripped = inside.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
            Source {
                bytes: &stripped,
                raw: false,
            }
        }
        Some("appended") => {
            let appended = appended.ok_or("its data are to be appended, but there is no <AppendedData")?;
            let offset: usize = array
                .attribute("offset")
                .and_then(|o| o.parse().ok())
                .ok_or("it has no offset into the appended data")?;
            Source {
                bytes: appended
                    .data
                    .get(offset..)
                    .ok_or("its offset is beyond the end of the file")?,
                raw: appended.raw,
            }
        }
        other => {
            let other = other.unwrap_or("not given");
            return Err(format!(
                "its format is {other}; ascii, binary or appended are known"
            ));
        }
    };
    let length = size * wanted;
    let data = if packing.zlib {
        unpacked(&source, packing, length)?
    } else {
        plain(&source, packing, length)?
    };
    if data.len() != length {
        return Err(format!(
            "it has {} bytes, and {length} are expected of {wanted} numbers",
            data.len()
        ));
    }
    let value = |c: &[u8]| {
        let bits = packing.number(c);
        match kind {
            "Float32" => f64::from(f32::from_bits(bits as u32)),
            "Float64" => f64::from_bits(bits),
            _ => integer(bits, size, !kind.starts_with('U')),
        }
    };
    Ok(data.chunks_exact(size).map(value).collect())
}

/// The whole number in the low `size` bytes of `bits`.
pub fn integer(bits: u64, size: usize, signed: bool) -> f64 {
    if !signed {
        return bits as f64;
    }
    let unused = 64 - 8 * size;
    ((bits << unused) as i64 >> unused) as f64
}

/// A header with the number of bytes and these: encoded together, or one after the other, when the header by itself ends with `=`.
fn plain(source: &Source<'_>, packing: Packing, length: usize) -> Result<Vec<u8>, String> {
    let told = |bytes: &[u8]| {
        let told = packing.word(bytes, 0)?;
        if told == length {
            Ok(())
        } else {
            Err(format!("it has {told} bytes, and {length} are expected"))
        }
    };
    let alone = packing.header.div_ceil(3) * 4;
    if !source.raw && source.bytes.get(alone - 1) == Some(&b'=') {
        let (header, end) = source.take(0, packing.header)?;
        told(&header)?;
        return Ok(source.take(end, length)?.0);
    }
    told(&source.take(0, packing.header)?.0)?;
    let mut all = source.take(0, packing.header + length)?.0;
    Ok(all.split_off(packing.header))
}

/// Blocks packed by zlib behind a header: their number, their size, that of the last, and the packed sizes.
fn unpacked(source: &Source<'_>, packing: Packing, length: usize) -> Result<Vec<u8>, String> {
    // as many bytes as end with a whole group of base64
    let first = source.take(0, 3 * packing.header)?.0;
    let blocks = packing.word(&first, 0)?;
    if blocks > length {
        return Err(format!("{blocks} blocks for {length} bytes"));
    }
    let (header, mut at) = source.take(0, packing.header * (3 + blocks))?;
    let sizes: Vec<usize> = (0..blocks)
        .map(|i| packing.word(&header, 3 + i))
        .collect::<Result<_, _>>()?;
    let total = sizes
        .iter()
        .try_fold(0_usize, |t, s| t.checked_add(*s))
        .ok_or(ENDS)?;
    let packed = source.take(at, total)?.0;
    at = 0;
    let mut out = Vec::new();
    for size in sizes {
        let block = &packed[at..at + size];
        at += size;
        // no further than what is wanted: a block may claim to be anything
        let most = (length - out.len()) as u64 + 1;
        flate2::read::ZlibDecoder::new(block)
            .take(most)
            .read_to_end(&mut out)
            .map_err(|e| format!("a block is not packed by zlib: {e}"))?;
        if out.len() > length {
            return Err(format!(
                "it unpacks to more than the {length} bytes that are expected"
            ));
        }
    }
    Ok(out)
}

fn text(inside: &str, wanted: usize) -> Result<Vec<f64>, String> {
    let read: Result<Vec<f64>, String> = inside
        .split_whitespace()
        .map(|w| w.parse().map_err(|_| format!("`{w}` is not a number")))
        .collect();
    let read = read?;
    if read.len() == wanted {
        Ok(read)
    } else {
        Err(format!("{} numbers of {wanted} are there", read.len()))
    }
}
