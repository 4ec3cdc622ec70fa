//! What is wrong with a scene, where, and what would be right.

use crate::plain;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use std::ops::Range;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The scene runs, but perhaps not as meant.
    Warning,
    /// The scene cannot run.
    Error,
}

/// One thing to say about a place in a scene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong, in a sentence without its full stop.
    pub title: String,
    /// What stands at the caret: what was expected.
    pub label: String,
    /// A suggestion.
    pub help: Option<String>,
    /// Bytes of the text it is about.
    pub span: Range<usize>,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// True if it is about something that is not there; a syntax error elsewhere may have swallowed it.
    pub(super) absence: bool,
    /// True if it is about a key that nothing is known of.
    pub(super) unknown: bool,
    /// True if it is about too few parcels, which may be made more later.
    pub(super) sparse: bool,
}

impl Problem {
    /// The problem with the text around it and a caret.
    fn render(&self, name: &str, text: &str, renderer: &Renderer) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let [title, label] = [&self.title, &self.label].map(|s| plain::line(s));
        let snippet = Snippet::source(text).path(name).annotation(
            AnnotationKind::Primary
                .span(self.span.clone())
                .label(label.as_str()),
        );
        let mut group = level.primary_title(title.as_str()).element(snippet);
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(plain::line(help)));
        }
        renderer.render(&[group])
    }
}

/// Everything that is to be said about one scene, in the order of its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SceneError {
    /// Name of the scene: its path, or what stands for it.
    pub name: String,
    /// Its text.
    pub text: String,
    /// Errors and warnings.
    pub problems: Vec<Problem>,
}

impl SceneError {
    /// The report, with colours for a terminal or without.
    pub fn render(&self, colour: bool) -> String {
        render(&self.name, &self.text, &self.problems, colour)
    }
}

impl std::fmt::Display for SceneError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for SceneError {}

impl From<SceneError> for crate::Error {
    fn from(e: SceneError) -> Self {
        Self::Input(e.to_string())
    }
}

/// Most problems that are shown: whoever has more has another file in hand, or one mistake many times.
pub(super) const MOST: usize = 100;

/// `problems` of the scene `name` with their places in `text`, and how many there are.
pub fn render(name: &str, text: &str, problems: &[Problem], colour: bool) -> String {
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    // the renderer shows control characters of ASCII as signs, but passes the later ones on; a sign of as many bytes leaves
    // every place where it is
    let text = plain::in_place(text);
    let name = &plain::line(name);
    let mut parts: Vec<String> = problems
        .iter()
        .take(MOST)
        .map(|p| p.render(name, &text, &renderer))
        .collect();
    let errors = problems.iter().filter(|p| p.severity == Severity::Error).count();
    let errors = if problems.len() > MOST {
        format!("{errors} problems in {name}; the first {MOST} are shown")
    } else if errors > 1 {
        format!("{errors} problems in {name}")
    } else {
        String::new()
    };
    if !errors.is_empty() {
        parts.push(errors);
    }
    parts.join("\n\n")
}

/// Collects problems while a scene is read.
#[derive(Debug)]
pub(super) struct Problems<'a> {
    text: &'a str,
    list: Vec<Problem>,
}

impl<'a> Problems<'a> {
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            list: Vec::new(),
        }
    }

    /// Adds an error.
    pub fn error(
        &mut self,
        span: &Range<usize>,
        title: impl Into<String>,
        label: impl Into<String>,
    ) -> &mut Problem {
        self.add(Severity::Error, span, title.into(), label.into())
    }

    /// Adds a warning.
    pub fn warning(
        &mut self,
        span: &Range<usize>,
        title: impl Into<String>,
        label: impl Into<String>,
    ) -> &mut Problem {
        self.add(Severity::Warning, span, title.into(), label.into())
    }

    fn add(&mut self, severity: Severity, span: &Range<usize>, title: String, label: String) -> &mut Problem {
        let span = self.inside(span);
        self.list.push(Problem {
            severity,
            title,
            label,
            help: None,
            // counted in the end, for all together
            line: 0,
            column: 0,
            span,
            absence: false,
            unknown: false,
            sparse: false,
        });
        let last = self.list.len() - 1;
        &mut self.list[last]
    }

    /// The span, on character boundaries of the text and not beyond its end.
    fn inside(&self, span: &Range<usize>) -> Range<usize> {
        let floor = |mut i: usize| {
            i = i.min(self.text.len());
            while !self.text.is_char_boundary(i) {
                i -= 1;
            }
            i
        };
        let start = floor(span.start);
        start..floor(span.end).max(start)
    }

    /// Line and column, from 1, at which a span begins.
    pub fn line_and_column(&self, span: &Range<usize>) -> (usize, usize) {
        let before = &self.text[..self.inside(span).start];
        let start = before.rfind('\n').map_or(0, |i| i + 1);
        (
            before.matches('\n').count() + 1,
            before[start..].chars().count() + 1,
        )
    }

    /// The one that was added last.
    pub fn last(&mut self) -> Option<&mut Problem> {
        self.list.last_mut()
    }

    /// Adds what was found otherwise, with places in the same text; a place that ends inside a character ends before it.
    pub fn extend(&mut self, problems: Vec<Problem>) {
        for mut p in problems {
            p.span = self.inside(&p.span);
            self.list.push(p);
        }
    }

    /// How many there are so far.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether something was said at whose caret stands `label`.
    pub fn said(&self, label: &str) -> bool {
        self.list.iter().any(|p| p.label == label)
    }

    /// Forgets what was said since there were `from` of them of things that are not there.
    pub fn forget_absences(&mut self, from: usize) {
        self.forget(from, |p| p.absence);
    }

    /// Forgets the unknown keys since there were `from` of them.
    pub fn forget_unknown(&mut self, from: usize) {
        self.forget(from, |p| p.unknown);
    }

    fn forget(&mut self, from: usize, which: impl Fn(&Problem) -> bool) {
        let mut i = 0;
        self.list.retain(|p| {
            i += 1;
            i <= from || !which(p)
        });
    }

    /// A value as it is written: what stands at `span`, without its quotes.
    pub fn written(&self, span: &Range<usize>) -> &'a str {
        self.text[self.inside(span)].trim_matches(['"', '\''])
    }

    /// True if there is an error.
    pub fn any_errors(&self) -> bool {
        self.list.iter().any(|p| p.severity == Severity::Error)
    }

    /// All problems, in the order of the text.
    pub fn finish(mut self) -> Vec<Problem> {
        self.list.sort_by_key(|p| (p.span.start, p.span.end));
        self.list.dedup();
        let (mut line, mut start, mut seen) = (1, 0, 0);
        for p in &mut self.list {
            let between = &self.text[seen..p.span.start];
            line += between.matches('\n').count();
            start = between.rfind('\n').map_or(start, |i| seen + i + 1);
            seen = p.span.start;
            (p.line, p.column) = (line, self.text[start..seen].chars().count() + 1);
        }
        self.list
    }
}

impl Problem {
    /// Attaches a suggestion.
    pub(super) fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Marks it as being about something that is not there.
    pub(super) fn absent(&mut self) -> &mut Self {
        self.absence = true;
        self
    }
}
