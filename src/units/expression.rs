//! A unit as an expression: factors with powers, products, quotients, words.

use super::atoms::{Atom, Axes, Class, meanings};

/// Highest power, and most factors, of a unit that a person may have meant.
const MOST: i32 = 9;
const FACTORS: usize = 8;
/// Highest power of ten.
const MOST_TEN: i32 = 30;
/// Most readings of one text.
const READINGS: usize = 128;

/// One reading of a unit.
#[derive(Clone, Debug)]
pub(super) struct Meaning {
    pub num: f64,
    pub den: f64,
    /// Power of ten beside `num / den`.
    pub ten: i32,
    pub axes: Axes,
    /// What it is made of.
    pub parts: Vec<(Class, i32)>,
}

/// What a unit may mean.
#[derive(Clone, Debug, Default)]
pub(super) struct Readings {
    /// By the rule: a quotient takes one factor.
    pub strict: Vec<Meaning>,
    /// With all that follows a slash below the line, as in kg/m s, where that is another reading.
    pub loose: Vec<Meaning>,
}

/// Why a text is no unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// These words are not known.
    Words(Vec<String>),
    /// It does not hold together.
    Form,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Number(i32),
    Power,
    Slash,
    /// A sign of multiplication, or a blank.
    Times,
    /// A hyphen, which binds what stands below a slash together.
    Hyphen,
    Open,
    Close,
}

struct Leaf {
    options: Vec<(&'static Atom, i32)>,
    strict: i32,
    loose: i32,
}

/// Reads `text`, in which signs have been made plain by [`super::text::plain`].
pub(super) fn read(text: &str) -> Result<Readings, Fault> {
    let tokens = tokens(text).ok_or(Fault::Form)?;
    let mut parser = Parser {
        tokens: &tokens,
        at: 0,
        leaves: Vec::new(),
        unknown: Vec::new(),
        ten: [0, 0],
    };
    let whole = parser.product(1, 1, 0).is_some() && parser.at == tokens.len();
    if !parser.unknown.is_empty() {
        return Err(Fault::Words(parser.unknown));
    }
    if !whole || parser.leaves.is_empty() {
        return Err(Fault::Form);
    }
    let strict = combine(&parser.leaves, parser.ten[0], |l| l.strict);
    let differs = parser.leaves.iter().any(|l| l.strict != l.loose);
    let loose = if differs {
        combine(&parser.leaves, parser.ten[1], |l| l.loose)
    } else {
        Vec::new()
    };
    Ok(Readings { strict, loose })
}

fn combine(leaves: &[Leaf], ten: i32, power: impl Fn(&Leaf) -> i32) -> Vec<Meaning> {
    let mut all = vec![Meaning {
        num: 1.0,
        den: 1.0,
        ten,
        axes: [0; 7],
        parts: Vec::new(),
    }];
    for leaf in leaves {
        let p = power(leaf);
        let with = |m: &Meaning, (a, prefix): &(&'static Atom, i32)| {
            let mut m = m.clone();
            // whole numbers above and below the line stay exact
            let (up, down) = if p < 0 { (a.den, a.num) } else { (a.num, a.den) };
            m.num *= up.powi(p.abs());
            m.den *= down.powi(p.abs());
            m.ten += (a.ten + prefix) * p;
            for (sum, x) in m.axes.iter_mut().zip(a.axes) {
                *sum += x * p;
            }
            m.parts.push((a.class, p));
            m
        };
        all = all
            .iter()
            .flat_map(|m| leaf.options.iter().map(move |o| with(m, o)))
            .take(READINGS)
            .collect();
    }
    all
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let chars: Vec<char> = text.chars().collect();
    let mut out: Vec<Token> = Vec::new();
    let mut i = 0;
    while let Some(&c) = chars.get(i) {
        let from = i;
        let run = |keep: fn(&char) -> bool| chars[from..].iter().take_while(|c| keep(c)).collect::<String>();
        let token = if letter(&c) {
            let word = run(letter);
            i += word.chars().count();
            match word.as_str() {
                "per" => Token::Slash,
                _ => Token::Word(word),
            }
        } else if c.is_ascii_digit() {
            let number = run(char::is_ascii_digit);
            i += number.len();
            Token::Number(number.parse().ok()?)
        } else {
            i += 1;
            match c {
                '^' => Token::Power,
                '*' if chars.get(i) == Some(&'*') => {
                    i += 1;
                    Token::Power
                }
                '/' => Token::Slash,
                '*' | '.' | ' ' => Token::Times,
                '-' => Token::Hyphen,
                '(' | '{' | '[' => Token::Open,
                ')' | '}' | ']' => Token::Close,
                _ => return None,
            }
        };
        out.push(token);
        if out.len() > 64 {
            return None;
        }
    }
    Some(out)
}

fn letter(c: &char) -> bool {
    c.is_alphabetic() || matches!(c, '%' | '\u{2030}' | '\u{b0}' | '#')
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    leaves: Vec<Leaf>,
    unknown: Vec<String>,
    /// Powers of ten that are written out, by the strict and the loose reading.
    ten: [i32; 2],
}

impl Parser<'_> {
    fn next(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn take(&mut self, token: &Token) -> bool {
        let there = self.next() == Some(token);
        self.at += usize::from(there);
        there
    }

    fn blanks(&mut self) {
        while self.take(&Token::Times) {}
    }

    /// Factors up to a closing bracket or the end; `up` and `loose` are the signs of what stands above the line.
    fn product(&mut self, up: i32, loose_up: i32, depth: u32) -> Option<()> {
        let (mut sign, mut below) = (up, loose_up);
        self.blanks();
        if self.take(&Token::Slash) {
            (sign, below) = (-up, -loose_up);
            self.blanks();
        }
        loop {
            self.factor(sign, below, depth)?;
            let mut hyphen = false;
            let mut gap = false;
            loop {
                match self.next() {
                    Some(Token::Times) => gap = true,
                    Some(Token::Hyphen) if !gap && !hyphen => hyphen = true,
                    _ => break,
                }
                self.at += 1;
            }
            match self.next() {
                None | Some(Token::Close) => return (!hyphen).then_some(()),
                Some(Token::Slash) => {
                    self.at += 1;
                    (sign, below) = (-up, -loose_up);
                    self.blanks();
                }
                Some(_) if hyphen => {}
                Some(_) => sign = up,
            }
        }
    }

    fn factor(&mut self, strict: i32, loose: i32, depth: u32) -> Option<()> {
        if self.leaves.len() >= FACTORS {
            return None;
        }
        match self.next()?.clone() {
            Token::Open if depth < 2 => {
                self.at += 1;
                let from = self.leaves.len();
                let before = self.ten;
                self.product(strict, loose, depth + 1)?;
                if !self.take(&Token::Close) {
                    return None;
                }
                if let Some(power) = self.power(MOST)? {
                    for leaf in &mut self.leaves[from..] {
                        leaf.strict *= power;
                        leaf.loose *= power;
                    }
                    for (now, before) in self.ten.iter_mut().zip(before) {
                        *now = before + (*now - before) * power;
                    }
                }
                Some(())
            }
            Token::Number(1) => {
                self.at += 1;
                Some(())
            }
            Token::Number(10) => {
                self.at += 1;
                let power = match self.power(MOST_TEN)? {
                    Some(p) => p,
                    // 10*9/L, as laboratories' codes have it
                    None if self.take(&Token::Times) => self.whole(MOST_TEN)?,
                    None => return None,
                };
                self.ten[0] += strict * power;
                self.ten[1] += loose * power;
                Some(())
            }
            Token::Word(word) => {
                self.at += 1;
                let cube = match word.to_lowercase().as_str() {
                    "cubic" | "cu" => 3,
                    "square" | "sq" => 2,
                    _ => 1,
                };
                if cube > 1 {
                    self.blanks();
                    let Some(Token::Word(word)) = self.next().cloned() else {
                        return None;
                    };
                    self.at += 1;
                    self.word(&word, strict * cube, loose * cube);
                    return Some(());
                }
                let power = self.power(MOST)?.unwrap_or(1);
                self.word(&word, strict * power, loose * power);
                Some(())
            }
            _ => None,
        }
    }

    fn word(&mut self, word: &str, strict: i32, loose: i32) {
        let options = meanings(word);
        if !options.is_empty() {
            self.leaves.push(Leaf {
                options,
                strict,
                loose,
            });
            return;
        }
        // "mPas" and "Am2": a product without a sign, of which the last factor has the power
        let split = |last: &str| {
            let first = word.strip_suffix(last)?;
            let (a, b) = (meanings(first), meanings(last));
            (!first.is_empty() && !a.is_empty()).then_some((a, b))
        };
        let Some((first, last)) = split("s").or_else(|| split("m")) else {
            self.unknown.push(word.to_owned());
            return;
        };
        self.leaves.push(Leaf {
            options: first,
            strict: strict.signum(),
            loose: loose.signum(),
        });
        self.leaves.push(Leaf {
            options: last,
            strict,
            loose,
        });
    }

    /// A power behind a factor: m3, m^3, m**3, m-3, m^(-3). The outer none is a power that cannot be read.
    fn power(&mut self, most: i32) -> Option<Option<i32>> {
        let start = self.at;
        if self.take(&Token::Power) {
            let open = self.take(&Token::Open);
            let p = self.whole(most)?;
            if open && !self.take(&Token::Close) {
                return None;
            }
            return Some(Some(p));
        }
        match self.next() {
            Some(Token::Number(_)) => {
                let p = self.whole(most)?;
                Some(Some(p))
            }
            Some(Token::Hyphen) if matches!(self.tokens.get(start + 1), Some(Token::Number(_))) => {
                let p = self.whole(most)?;
                Some(Some(p))
            }
            _ => Some(None),
        }
    }

    fn whole(&mut self, most: i32) -> Option<i32> {
        let negative = self.take(&Token::Hyphen);
        match self.next() {
            Some(Token::Number(n)) if (1..=most).contains(n) => {
                let n = *n;
                self.at += 1;
                Some(if negative { -n } else { n })
            }
            _ => None,
        }
    }
}
