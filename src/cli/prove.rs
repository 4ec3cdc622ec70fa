//! `buffycoat verify`, `validate` and `bench`: what shows that the numbers can be trusted, and how fast they come.

use super::failure::Failure;
use super::options::{BackendName, DeviceOptions, threads};
use super::{print, say};
use buffycoat::validate::{self, Report};
use buffycoat::{Error, bench, verify};
use clap::{Args, ValueEnum};
use std::path::Path;
use std::time::Duration;

/// Which back-ends a proof is run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum On {
    /// The CPU back-end
    Cpu,
    /// The graphics adapter, even if it is a software driver
    Gpu,
    /// Both
    Both,
}

impl On {
    fn cpu(self) -> bool {
        self != Self::Gpu
    }

    fn gpu(self) -> bool {
        self != Self::Cpu
    }
}

/// Both where there is an adapter.
fn everything() -> On {
    if buffycoat::devices::adapters().is_some_and(|a| !a.is_empty()) {
        On::Both
    } else {
        On::Cpu
    }
}

fn on(backend: BackendName, threads: u16, device: Option<&String>) -> DeviceOptions {
    DeviceOptions {
        backend,
        threads,
        device: device.cloned(),
    }
}

fn number(value: &impl serde::Serialize) -> Result<String, Failure> {
    Ok(serde_json::to_string_pretty(value).map_err(|e| Error::Internal(e.to_string()))? + "\n")
}

#[derive(Args, Clone, Debug)]
pub struct VerifyOptions {
    /// On what [default: both, where there is a graphics adapter]
    #[arg(long, value_enum)]
    backend: Option<On>,
    /// Graphics adapter: its number or a part of its name
    #[arg(long, value_name = "N|NAME")]
    device: Option<String>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

pub fn verify(options: &VerifyOptions) -> Result<(), Failure> {
    let wanted = options.backend.unwrap_or_else(everything);
    let mut all: Vec<(String, Vec<verify::Row>)> = Vec::new();
    if wanted.cpu() {
        all.push((buffycoat::cpu::describe(), verify::cpu()?));
    }
    if wanted.gpu() {
        all.push(graphics_rows(options.device.as_deref())?);
    }
    let passed = all.iter().all(|(_, rows)| rows.iter().all(|r| r.passed));
    if options.json {
        let devices: Vec<serde_json::Value> = all
            .iter()
            .map(|(device, rows)| serde_json::json!({ "device": device, "kernels": rows }))
            .collect();
        print(&number(
            &serde_json::json!({ "passed": passed, "devices": devices }),
        )?)?;
    } else {
        for (device, rows) in &all {
            print(&format!("{device}\n\n{}\n", verify::table(rows)))?;
        }
    }
    if passed {
        Ok(())
    } else {
        Err(
            Error::Tolerance("a kernel missed its tolerance; do not trust this device's results".into())
                .into(),
        )
    }
}

#[cfg(feature = "gpu")]
fn graphics_rows(device: Option<&str>) -> Result<(String, Vec<verify::Row>), Failure> {
    let gpu = buffycoat::gpu::Gpu::open(&buffycoat::devices::selector(device))?;
    Ok((gpu.describe().to_string(), verify::gpu(&gpu)?))
}

#[cfg(not(feature = "gpu"))]
fn graphics_rows(_: Option<&str>) -> Result<(String, Vec<verify::Row>), Failure> {
    Err(Error::Device("this build has no GPU back-end".into()).into())
}

#[derive(Args, Clone, Debug)]
pub struct ValidateOptions {
    /// Only this case, for example C09 (see `buffycoat list cases`); may be given several times
    #[arg(long, value_name = "ID")]
    case: Vec<String>,
    /// On what [default: the CPU]
    #[arg(long, value_enum)]
    backend: Option<On>,
    /// Graphics adapter: its number or a part of its name
    #[arg(long, value_name = "N|NAME")]
    device: Option<String>,
    /// Threads of the CPU back-end; 0 is one a logical processor
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = threads, allow_negative_numbers = true)]
    threads: u16,
    /// Prints JSON
    #[arg(long)]
    json: bool,
    /// Writes VALIDATION.md and data/validation.json below the present folder; on both back-ends if not told otherwise. With --case the others
    /// stay as they were recorded
    #[arg(long)]
    write: bool,
}

/// What came of the cases: for people, and for reports.
const VALIDATION: [&str; 2] = ["VALIDATION.md", "data/validation.json"];

pub fn validate(options: &ValidateOptions) -> Result<(), Failure> {
    let default = if options.write { everything() } else { On::Cpu };
    let wanted = options.backend.unwrap_or(default);
    let cases: Vec<&validate::Case> = match &options.case[..] {
        [] => validate::ALL.iter().collect(),
        ids => {
            let mut chosen: Vec<&validate::Case> = Vec::new();
            for id in ids {
                let case = validate::case(id)?;
                if chosen.iter().all(|c| c.id != case.id) {
                    chosen.push(case);
                }
            }
            chosen
        }
    };
    let mut backends = Vec::new();
    if wanted.cpu() {
        backends.push(on(BackendName::Cpu, options.threads, None));
    }
    if wanted.gpu() {
        backends.push(on(BackendName::Gpu, options.threads, options.device.as_ref()));
    }
    if wanted.gpu() && buffycoat::devices::adapters().is_none_or(|a| a.is_empty()) {
        // better now than after the CPU's minutes
        return Err(
            Error::Device("there is no graphics adapter to validate on; use --backend cpu".into()).into(),
        );
    }
    if !wanted.cpu() && cases.iter().all(|c| c.on_host) {
        let all: Vec<&str> = cases.iter().map(|c| c.id).collect();
        return Err(Error::Input(format!(
            "the host works these cases out, whatever the back-end is: {}; use --backend cpu",
            all.join(", ")
        ))
        .into());
    }
    let record = match options.write && !options.case.is_empty() {
        true => Some(validate::kept(Path::new(VALIDATION[1]))?),
        false => None,
    };
    let mut reports: Vec<Report> = Vec::new();
    for device in &backends {
        let decision = device.choice().decide()?;
        let here = cases
            .iter()
            .filter(|c| matches!(device.backend, BackendName::Cpu) || !c.on_host);
        for case in here {
            let report = validate::run(case, &|job| decision.clone().open(job))?;
            if !options.json {
                print(&row(&report))?;
            }
            reports.push(report);
        }
    }
    if options.json {
        print(&validate::json(&reports))?;
    }
    if options.write {
        let all = match &record {
            None => reports.clone(),
            Some(record) => validate::renewed(record, &reports),
        };
        let record = validate::record(&all);
        for (name, text) in [(VALIDATION[0], validate::markdown(&all)), (VALIDATION[1], record)] {
            buffycoat::output::atomic::write(Path::new(name), |w| w.write_all(text.as_bytes()))?;
            say(&format!("wrote {name}"));
        }
    }
    let missed: Vec<&str> = reports
        .iter()
        .filter(|r| !r.passed())
        .map(|r| r.id.as_str())
        .collect();
    if missed.is_empty() {
        Ok(())
    } else {
        Err(Error::Tolerance(format!("these cases missed a tolerance: {}", missed.join(", "))).into())
    }
}

fn row(r: &Report) -> String {
    let mut out = format!("{} {} on {}, {:.1} s\n", r.id, r.topic, r.backend, r.seconds);
    for c in &r.checks {
        out += &format!("    {c}\n");
    }
    if !r.note.is_empty() {
        out += &format!("    {}\n", r.note);
    }
    out
}

#[derive(Args, Clone, Debug)]
pub struct BenchOptions {
    /// On what [default: both, where there is a graphics adapter]
    #[arg(long, value_enum)]
    backend: Option<On>,
    /// Graphics adapter: its number or a part of its name
    #[arg(long, value_name = "N|NAME")]
    device: Option<String>,
    /// Threads of the CPU back-end; 0 is one a logical processor
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = threads, allow_negative_numbers = true)]
    threads: u16,
    /// Leaves out the ten million parcels and measures for a shorter time
    #[arg(long)]
    quick: bool,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

pub fn bench(options: &BenchOptions) -> Result<(), Failure> {
    let wanted = options.backend.unwrap_or_else(everything);
    let mut what = bench::Options {
        threads: usize::from(options.threads),
        cpu: wanted.cpu(),
        ..Default::default()
    };
    if options.quick {
        what.parcels = vec![100_000, 1_000_000];
        what.least = Duration::from_millis(300);
    }
    let mut tell = |r: &bench::Row| say(&format!("{} {} on {}", r.step, r.parcels, r.backend));
    #[cfg(feature = "gpu")]
    let report = {
        let selector = buffycoat::devices::selector(options.device.as_deref());
        bench::run(&what, wanted.gpu().then_some(&selector), &mut tell)?
    };
    #[cfg(not(feature = "gpu"))]
    let report = {
        if wanted.gpu() || options.device.is_some() {
            return Err(Error::Device("this build has no GPU back-end".into()).into());
        }
        bench::run(&what, &mut tell)?
    };
    print(&if options.json {
        number(&report)?
    } else {
        bench::table(&report)
    })
}
