//! Numbers as people write them: powers of ten in several forms, digits in groups; and those that can be read in two ways.

/// A number, and what is left of the text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Number<'a> {
    /// Sign, digits and point.
    digits: String,
    /// Power of ten.
    ten: i32,
    /// Behind it.
    pub rest: &'a str,
}

/// What stands where a number should.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Start<'a> {
    /// One number.
    Number(Number<'a>),
    /// It may be any of these numbers, or is none of those that are taken; with what is wrong, and what stands behind.
    Unsure(&'static str, Vec<String>, &'a str),
    /// No number.
    Nothing,
}

impl Number<'_> {
    /// The number itself.
    pub fn value(&self) -> f64 {
        self.scaled(0)
    }

    /// Whether it is written as nothing.
    pub fn is_zero(&self) -> bool {
        !self.digits.contains(|c: char| ('1'..='9').contains(&c))
    }

    /// The number times a power of ten, rounded once.
    pub fn scaled(&self, ten: i32) -> f64 {
        let ten = self.ten.saturating_add(ten);
        format!("{}e{ten}", self.digits).parse().unwrap_or(f64::INFINITY)
    }

    /// Its sign, digits and point.
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// Both readings of "1.500", which may be three halves or fifteen hundred, and of "1.375": written so that they have no other.
    pub fn groups(&self) -> Option<[String; 2]> {
        let (whole, part) = self.digits.split_once('.')?;
        let three = part.len() == 3;
        let whole_digits = whole.trim_start_matches(['+', '-']);
        let group = (1..=3).contains(&whole_digits.len()) && !whole_digits.starts_with('0');
        if !(three && group && self.ten == 0) {
            return None;
        }
        let short = if part.ends_with('0') {
            self.digits.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            format!("{}0", self.digits)
        };
        Some([format!("{whole}{part}"), short])
    }
}

/// How many digits `text` begins with.
fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// Digits, with underscores between them.
fn digits_with_gaps(text: &str) -> usize {
    let mut end = digits(text);
    while end > 0 && text[end..].starts_with('_') && digits(&text[end + 1..]) > 0 {
        end += 1 + digits(&text[end + 1..]);
    }
    end
}

/// Reads the number at the start of `text`, in which signs have been made plain.
pub(super) fn start(text: &str) -> Start<'_> {
    let sign = usize::from(text.starts_with(['+', '-']));
    let first = digits(&text[sign..]);
    let mut end = sign + digits_with_gaps(&text[sign..]);
    // 250 000 and 250'000: groups of three, of which the first is not longer
    if end == sign + first && (1..=3).contains(&first) {
        let group = |at: usize| {
            let rest = text.get(at..).unwrap_or("");
            let inner = rest.strip_prefix([' ', '\''])?;
            (digits(inner) == 3).then_some(at + 4)
        };
        while let Some(next) = group(end) {
            end = next;
        }
    }
    if let Some(lost) = lost_power(text, sign, end) {
        return lost;
    }
    let run = run(&text[sign..]);
    if run.contains(',') || run.matches('.').count() > 1 {
        return commas(text, sign, run);
    }
    if let Some(part) = text[end..].strip_prefix(',') {
        let n = digits(part);
        let point = format!("{}.{}", text[..end].replace([' ', '\''], ""), &part[..n]);
        return Start::Unsure("has a decimal comma; write a point", vec![point], &part[n..]);
    }
    if text[end..].starts_with('.') {
        let behind = digits_with_gaps(&text[end + 1..]);
        if end == sign && behind == 0 {
            return Start::Nothing;
        }
        end += 1 + behind;
    }
    if end == sign {
        return Start::Nothing;
    }
    let mut number = Number {
        digits: text[..end].replace(['_', ' ', '\''], ""),
        ten: 0,
        rest: &text[end..],
    };
    exponent(&mut number);
    match times_ten(&number) {
        Ten::None => {}
        Ten::Power(ten, rest) => {
            number.ten = number.ten.saturating_add(ten);
            number.rest = rest;
        }
        Ten::Unsure(what, powers, rest) => {
            let one = |p: &i32| format!("{}e{}", number.digits, number.ten.saturating_add(*p));
            return Start::Unsure(what, powers.iter().map(one).collect(), rest);
        }
    }
    Start::Number(number)
}

/// "250 109/L": either 250109 a litre, or 250 times ten to the ninth whose raised digit has come down.
fn lost_power(text: &str, sign: usize, end: usize) -> Option<Start<'_>> {
    let (head, last) = text[..end].rsplit_once(' ')?;
    let power = last.strip_prefix("10").filter(|p| ("3"..="9").contains(p))?;
    let rest = &text[end..];
    let plain = |s: &str| s.replace([' ', '\'', '_'], "");
    (end > sign && rest.trim_start().starts_with('/')).then(|| {
        let all = vec![format!("{}e{power}", plain(head)), plain(&text[..end])];
        Start::Unsure("can be read in two ways", all, rest)
    })
}

/// e6 and E+06, and 10^6 where the number itself is ten.
fn exponent(number: &mut Number<'_>) {
    let rest = number.rest;
    if let Some(e) = rest.strip_prefix(['e', 'E']) {
        let sign = usize::from(e.starts_with(['+', '-']));
        let n = digits(&e[sign..]);
        if n > 0 {
            let ten: Result<i32, _> = e[..sign + n].parse();
            let far = if e.starts_with('-') { -9999 } else { 9999 };
            number.ten = ten.unwrap_or(far);
            number.rest = &e[sign + n..];
        }
    } else if number.digits == "10"
        && let Some((ten, rest)) = power(rest)
    {
        number.digits = "1".into();
        number.ten = ten;
        number.rest = rest;
    }
}

/// The power behind a ten: ^6, **6, *6 of laboratories' codes, ^-6, ^(6), ^{6}.
fn power(text: &str) -> Option<(i32, &str)> {
    let rest = text
        .strip_prefix("**")
        .or_else(|| text.strip_prefix(['^', '*']))?;
    let (rest, close) = match rest.strip_prefix(['(', '{']) {
        Some(inner) => (inner, true),
        None => (rest, false),
    };
    let sign = usize::from(rest.starts_with(['+', '-']));
    let n = digits(&rest[sign..]);
    let ten: i32 = rest[..sign + n].parse().ok().filter(|t: &i32| t.abs() <= 300)?;
    let rest = &rest[sign + n..];
    if close {
        Some((ten, rest.strip_prefix([')', '}'])?))
    } else {
        Some((ten, rest))
    }
}

enum Ten<'a> {
    None,
    Power(i32, &'a str),
    Unsure(&'static str, Vec<i32>, &'a str),
}

/// x10^9, *10^9, or 10^9 after a blank.
fn times_ten<'a>(number: &Number<'a>) -> Ten<'a> {
    let text = number.rest.trim_start();
    let after = text.strip_prefix(['x', 'X', '*']).map(str::trim_start);
    if after.is_none() && text.len() == number.rest.len() {
        return Ten::None;
    }
    let Some(ten) = after.unwrap_or(text).strip_prefix("10") else {
        return Ten::None;
    };
    if let Some((ten, rest)) = power(ten) {
        return Ten::Power(ten, rest);
    }
    if after.is_none() {
        return Ten::None;
    }
    // x10e9 is ten to the ninth to most who write it, and ten times that to a computer
    if let Some(e) = ten.strip_prefix(['e', 'E']) {
        let sign = usize::from(e.starts_with(['+', '-']));
        let n = digits(&e[sign..]);
        if let Ok(p) = e[..sign + n].parse::<i32>()
            && p.abs() <= 300
        {
            return Ten::Unsure("can be read in two ways", vec![p, p + 1], &e[sign + n..]);
        }
    }
    // x109/L: the raised digits have come down, as they do when text is copied
    let n = digits(ten);
    let signed = ten.starts_with('-') && digits(&ten[1..]) > 0;
    let end = if signed { 1 + digits(&ten[1..]) } else { n };
    match ten[..end].parse::<i32>() {
        Ok(p) if p != 0 && p.abs() <= 30 => {
            Ten::Unsure("has a power of ten without its sign", vec![p], &ten[end..])
        }
        _ => Ten::None,
    }
}

/// Digits, points and commas at the start of `text`, but for points and commas at their end.
fn run(text: &str) -> &str {
    let n = text
        .bytes()
        .take_while(|c| c.is_ascii_digit() || matches!(c, b'.' | b','))
        .count();
    text[..n].trim_end_matches(['.', ','])
}

/// A number with commas, or with several points: what it may be.
fn commas<'a>(text: &'a str, sign: usize, body: &str) -> Start<'a> {
    let rest = &text[sign + body.len()..];
    let with = |s: String| format!("{}{s}", &text[..sign]);
    let in_groups = |s: &str, mark: char| {
        let mut parts = s.split(mark);
        let first = parts.next().unwrap_or("");
        (1..=3).contains(&first.len()) && !first.starts_with('0') && parts.all(|p| p.len() == 3)
    };
    let counts = (body.matches(',').count(), body.matches('.').count());
    let mut numbers = Vec::new();
    let what = match counts {
        (1, 0) if in_groups(body, ',') => {
            numbers.push(with(body.replace(',', "")));
            let short = body.replace(',', ".");
            numbers.push(with(short.trim_end_matches('0').trim_end_matches('.').to_owned()));
            "can be read in two ways"
        }
        (1, 0) => {
            numbers.push(with(body.replace(',', ".")));
            "has a decimal comma; write a point"
        }
        (_, 0) if in_groups(body, ',') => {
            numbers.push(with(body.replace(',', "")));
            "has commas between its digits; leave them out"
        }
        (0, _) if in_groups(body, '.') => {
            numbers.push(with(body.replace('.', "")));
            "has points between groups of digits; leave them out"
        }
        (1.., 1)
            if body.rfind('.') > body.rfind(',') && in_groups(body.split('.').next().unwrap_or(""), ',') =>
        {
            numbers.push(with(body.replace(',', "")));
            "has commas between its digits; leave them out"
        }
        (1, 1..)
            if body.rfind(',') > body.rfind('.') && in_groups(body.split(',').next().unwrap_or(""), '.') =>
        {
            numbers.push(with(body.replace('.', "").replace(',', ".")));
            "has a decimal comma; write a point"
        }
        _ => "does not begin with a number",
    };
    Start::Unsure(what, numbers, rest)
}
