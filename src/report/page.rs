//! The page: one file of HTML that is XML as well, with everything in it. It loads nothing and runs nothing, and says so to
//! the browser.

use super::cases::Case;
use super::chart::Figure;
use super::text::escape;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write as _;

const STYLE: &str = include_str!("style.css");

/// A page being written.
#[derive(Clone, Debug)]
pub struct Page {
    out: String,
}

/// A column of a table: its heading, and whether it holds numbers.
pub type Column<'a> = (&'a str, bool);

impl Page {
    /// Begins a page. `title` is plain text, `about` are lines of markup below it.
    pub fn new(title: &str, about: &[String]) -> Self {
        let mut page = Self { out: String::new() };
        let title = escape(title);
        page.put(format_args!(
            "<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n<meta charset=\"utf-8\"/>\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\"/>\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
             <title>{title} \u{2013} buffycoat</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n"
        ));
        for line in about {
            page.put(format_args!("<p class=\"about\">{line}</p>\n"));
        }
        page.out.push_str("</header>\n<main>\n");
        page
    }

    fn put(&mut self, what: std::fmt::Arguments<'_>) {
        // writing to a String cannot fail
        let _ = self.out.write_fmt(what);
    }

    /// The figures that one reads first: markup of the number, plain text of what it is.
    pub fn key(&mut self, figures: &[(String, String)]) {
        if figures.is_empty() {
            return;
        }
        self.out.push_str("<ul class=\"key\">\n");
        for (number, what) in figures {
            self.put(format_args!(
                "<li><b>{number}</b><span>{}</span></li>\n",
                escape(what)
            ));
        }
        self.out.push_str("</ul>\n");
    }

    /// Plain text that should not be missed, or that there is none.
    pub fn say(&mut self, what: &str, texts: &[String]) {
        self.put(format_args!(
            "<div class=\"say\" role=\"note\"><strong>{}</strong>\n<ul>\n",
            escape(what)
        ));
        for text in texts {
            self.put(format_args!("<li>{}</li>\n", escape(text)));
        }
        self.out.push_str("</ul>\n</div>\n");
    }

    /// That something is as it should be, as plain text.
    pub fn good(&mut self, text: &str) {
        self.put(format_args!(
            "<div class=\"say good\" role=\"note\">{}</div>\n",
            escape(text)
        ));
    }

    /// A heading of a part, as plain text.
    pub fn heading(&mut self, text: &str) {
        self.put(format_args!("<h2>{}</h2>\n", escape(text)));
    }

    /// A heading within a part, as plain text.
    pub fn lesser(&mut self, text: &str) {
        self.put(format_args!("<h3>{}</h3>\n", escape(text)));
    }

    /// A paragraph; text in which `**` makes bold and a grave accent code, no markup.
    pub fn paragraph(&mut self, text: &str) {
        self.put(format_args!("<p>{}</p>\n", marked(text)));
    }

    /// A list of such paragraphs.
    pub fn list(&mut self, items: &[String]) {
        self.out.push_str("<ul>\n");
        for item in items {
            self.put(format_args!("<li>{}</li>\n", marked(item)));
        }
        self.out.push_str("</ul>\n");
    }

    /// A table. Headings and caption are plain text, cells markup; the rows of a part belong together. The first column
    /// heads its row.
    pub fn table(&mut self, caption: &str, columns: &[Column<'_>], parts: &[Vec<Vec<String>>]) {
        self.put(format_args!(
            "<div class=\"wide\"><table>\n<caption>{}</caption>\n",
            escape(caption)
        ));
        if columns.iter().any(|c| !c.0.is_empty()) {
            self.out.push_str("<thead><tr>");
            for (name, number) in columns {
                self.put(format_args!(
                    "<th scope=\"col\"{}>{}</th>",
                    class(*number),
                    escape(name)
                ));
            }
            self.out.push_str("</tr></thead>\n");
        }
        for part in parts {
            self.out.push_str(if parts.len() > 1 {
                "<tbody class=\"part\">\n"
            } else {
                "<tbody>\n"
            });
            for row in part {
                self.out.push_str("<tr>");
                for (i, (cell, (_, number))) in row.iter().zip(columns).enumerate() {
                    let class = class(*number);
                    if i == 0 {
                        self.put(format_args!("<th scope=\"row\"{class}>{cell}</th>"));
                    } else {
                        self.put(format_args!("<td{class}>{cell}</td>"));
                    }
                }
                self.out.push_str("</tr>\n");
            }
            self.out.push_str("</tbody>\n");
        }
        self.out.push_str("</table></div>\n");
    }

    /// A table of what and how much: plain text, markup.
    pub fn facts(&mut self, caption: &str, rows: &[(&str, String)]) {
        let rows = rows
            .iter()
            .map(|(what, how)| vec![escape(what), how.clone()])
            .collect();
        self.table(caption, &[("", false), ("", false)], &[rows]);
    }

    /// A picture in PNG, with words for those who do not see it.
    pub fn picture(&mut self, png: &[u8], alt: &str, caption: &str) {
        self.put(format_args!(
            "<figure><img alt=\"{}\" src=\"data:image/png;base64,{}\"/>\n<figcaption>{}</figcaption></figure>\n",
            escape(alt),
            STANDARD.encode(png),
            escape(caption)
        ));
    }

    /// A figure under its heading.
    pub fn figure(&mut self, figure: &Figure) {
        self.lesser(&figure.title);
        self.put(format_args!(
            "<figure>{}<figcaption>{}</figcaption></figure>\n",
            figure.svg(),
            escape(&figure.caption)
        ));
    }

    /// Links to validation cases on the page.
    pub fn jumps(&mut self, ids: &[&str]) {
        let links: Vec<String> = ids
            .iter()
            .map(|id| format!("<a href=\"#{id}\">{id}</a>"))
            .collect();
        if !links.is_empty() {
            self.put(format_args!("<p>On this page: {}</p>\n", links.join(", ")));
        }
    }

    /// A validation case: what should come out beside what came out.
    pub fn case(&mut self, case: &Case, gpu: bool) {
        self.put(format_args!(
            "<section class=\"case\" id=\"{0}\">\n<h3>{0} {1} \u{2013} {2}</h3>\n<p>{3}.{4}</p>\n",
            case.id,
            escape(case.topic),
            escape(case.kind),
            escape(&capital(&case.near)),
            case.here.as_ref().map_or_else(String::new, |text| format!(
                " <strong>This run</strong>, under conditions of its own: {}.",
                escape(text)
            )),
        ));
        match &case.not_run {
            Some(why) => self.put(format_args!(
                "<p><strong>Expected:</strong> {}. <strong>Not compared:</strong> {}.</p>\n",
                escape(&case.expected),
                escape(why)
            )),
            None => {
                let on = if gpu { "computed (gpu)" } else { "computed (cpu)" };
                let rows = case
                    .checks
                    .iter()
                    .map(|c| {
                        [
                            &c.quantity,
                            &c.expected,
                            &c.computed[usize::from(gpu)],
                            &c.error[0],
                            &c.error[1],
                        ]
                        .map(|s| escape(s))
                        .to_vec()
                    })
                    .collect();
                self.table(
                    &format!("Reference: {}", case.source),
                    &[
                        ("quantity", false),
                        ("expected", true),
                        (on, true),
                        ("error", true),
                        ("tolerance", true),
                    ],
                    &[rows],
                );
            }
        }
        self.out.push_str("</section>\n");
    }

    /// Text as it stands in a file.
    pub fn verbatim(&mut self, text: &str) {
        self.put(format_args!("<pre>{}</pre>\n", escape(text)));
    }

    /// The whole file. `footer` is plain text.
    pub fn finish(mut self, footer: &str) -> String {
        self.put(format_args!(
            "</main>\n<footer>{}</footer>\n</body>\n</html>\n",
            escape(footer)
        ));
        self.out
    }
}

fn class(number: bool) -> &'static str {
    if number { " class=\"n\"" } else { "" }
}

/// Escaped, with `**bold**` and grave accents for code as markup; what is not closed stays as it is.
fn marked(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    loop {
        let next = [("**", "strong"), ("`", "code")]
            .into_iter()
            .filter_map(|(mark, tag)| {
                let start = rest.find(mark)?;
                let inside = &rest[start + mark.len()..];
                let end = inside.find(mark)?;
                Some((start, tag, &inside[..end], &inside[end + mark.len()..]))
            })
            .min_by_key(|n| n.0);
        let Some((start, tag, inside, after)) = next else {
            out.push_str(&escape(rest));
            return out;
        };
        out.push_str(&escape(&rest[..start]));
        let _ = write!(out, "<{tag}>{}</{tag}>", escape(inside));
        rest = after;
    }
}

/// With a capital letter.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |c| c.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_documents() {
        assert_eq!(
            marked("**a <b>** `c` d*"),
            "<strong>a &lt;b&gt;</strong> <code>c</code> d*"
        );
        assert_eq!(marked("open ** and ` stay"), "open ** and ` stay");
        assert_eq!([capital("after"), capital("")], ["After", ""]);
    }
}
