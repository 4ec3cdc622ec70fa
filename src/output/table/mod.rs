//! The table at the end of a run: what was found, and what it took. It is made from the summary, and wide enough for names that are not long.

mod channel;
mod layers;
mod places;

pub(crate) use layers::percent;
pub(crate) use places::hundredths;

use super::TimeStep;
use super::summary::Summary;
use crate::units::{clock, counted, rough_clock, significant};

/// Narrowest line that is not wrapped.
const WIDTH: usize = 100;

/// The table as text, with a newline at its end. Warnings that were `said` before are not said again.
pub fn text(title: &str, s: &Summary, said: &[String]) -> String {
    let mut out = String::new();
    line(&mut out, title);
    line(&mut out, "");
    if let Some(places) = &s.places {
        places::tell(&mut out, s, places);
    }
    if let Some(layers) = &s.layers {
        layers::tell(&mut out, s, layers);
    }
    if let Some(channel) = &s.channel {
        channel::tell(&mut out, channel);
    }
    for note in &s.notes {
        line(&mut out, &format!("note: {note}"));
    }
    for warning in s.run.warnings.iter().filter(|w| !said.contains(w)) {
        line(&mut out, &format!("warning: {warning}"));
    }
    run(&mut out, s);
    if let Some(layers) = &s.layers {
        layers::resolution(&mut out, layers);
    }
    out
}

/// How it went.
fn run(out: &mut String, s: &Summary) {
    let (run, parcels) = (&s.run, s.species.iter().map(|x| x.parcels).sum::<u64>());
    let parcels = match s.parcels_conserved {
        true => format!("every one of the {} is accounted for", counted(parcels, "parcel")),
        false => format!("the counts do not add up to the {parcels} parcels put in"),
    };
    if s.channel.is_none() {
        line(out, &parcels);
    }
    let threads = match run.threads {
        0 => String::new(),
        n => format!(", {}", counted(n, "thread")),
    };
    line(
        out,
        &format!(
            "{} simulated in {} on {} ({}{threads})",
            clock(run.simulated_seconds),
            rough_clock(run.wall_seconds),
            run.device,
            run.backend,
        ),
    );
    let rate = run.parcel_steps_per_second.map_or_else(String::new, |rate| {
        format!(", {} million parcel-steps/s", significant(1e-6 * rate))
    });
    line(
        out,
        &format!("{}{}{rate}", counted(run.steps, "step"), steps(&run.time_step)),
    );
}

/// " of 0.259 s on average (0.182 to 5 s)".
fn steps(step: &TimeStep) -> String {
    let range = match (step.shortest_s, step.longest_s) {
        (Some(a), Some(b)) if significant(a) != significant(b) => {
            format!(" ({} to {} s)", significant(a), significant(b))
        }
        _ => String::new(),
    };
    step.mean_s.map_or_else(String::new, |mean| {
        format!(" of {} s on average{range}", significant(mean))
    })
}

/// Appends a line, wrapped between words at [`WIDTH`].
fn line(out: &mut String, text: &str) {
    let mut used = 0;
    for (i, word) in text.split(' ').enumerate() {
        let length = word.chars().count();
        if i > 0 {
            if used + 1 + length > WIDTH {
                out.push_str("\n    ");
                used = 4;
            } else {
                out.push(' ');
                used += 1;
            }
        }
        out.push_str(word);
        used += length;
    }
    out.truncate(out.trim_end_matches(' ').len());
    out.push('\n');
}
