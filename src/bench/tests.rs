//! The rows, with few parcels.

use super::*;
use crate::engine::{Program, Readings};

/// Every kind of field has a row, and what flows, and each is measured: as many parcels as were asked for, none of which has
/// left, on its way at a rate above zero.
#[test]
fn a_row_for_every_kind_of_field() {
    let options = Options {
        parcels: vec![400],
        least: Duration::from_millis(1),
        ..Options::default()
    };
    let mut report = Report {
        version: "",
        machines: Vec::new(),
        rows: Vec::new(),
    };
    let mut make = |job: &Program<'_>| -> Result<Box<dyn Backend>, Error> { Ok(Box::new(Cpu::new(job, 1)?)) };
    magnetic_rows(&options, &mut make, &mut report, &mut |_| {}).unwrap();
    let names: Vec<&str> = report.rows.iter().map(|r| r.step).collect();
    assert_eq!(
        names,
        [
            "gradient",
            "quadrupole",
            "Halbach",
            "dipole",
            "block",
            "cylinder",
            "array of 5 blocks",
            "wire",
            "ring",
            "sphere",
            "map",
            "flow in a ring",
            "flow in a channel",
            "flow from a file",
            "column"
        ]
    );
    for row in &report.rows {
        assert!(row.rate > 0.0 && row.steps > 0 && row.parcels == 400, "{row:?}");
    }
}

/// What flows is slow enough to be measured for as long as a row takes at most, and nothing is caught meanwhile.
#[test]
fn nothing_leaves_while_it_is_measured() {
    for (name, s) in fields::flowing(400).unwrap() {
        let charge = s.draw().unwrap();
        let table = s.table().unwrap();
        let job = Program::new(&s, &charge, table.as_ref()).unwrap();
        let mut cpu = Cpu::new(&job, 1).unwrap();
        let steps: Vec<Step> = (0..5_000)
            .map(|number| Step {
                dt: 1e2,
                number,
                time: f64::from(number) * 1e2,
                flow: s.rate() / s.duct().section.area(),
                ..Step::still()
            })
            .collect();
        cpu.run(&steps).unwrap();
        let free = cpu.census().unwrap()[0][crate::kernels::passage::FREE as usize];
        assert!(free > 390, "{name}: {free} of 400 are left");
    }
}
