//! Summaries of version 0.1, which had a layout for vessels and another for separators, brought to the present one. What they do not have
//! becomes null. What does not fit is left as it is, and refused where the file is read.

use serde_json::{Map, Value, json};

/// A layout of version 0.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Of a vessel: schema 1.
    Vessel,
    /// Of a separator: schema 2, kind `separator`.
    Separator,
}

impl Layout {
    pub fn of(schema: Option<u64>, kind: Option<&str>) -> Option<Self> {
        match (schema, kind) {
            (Some(1), None) => Some(Self::Vessel),
            (Some(2), Some("separator")) => Some(Self::Separator),
            _ => None,
        }
    }

    /// Whether it has layers, and places.
    pub fn sections(self) -> [bool; 2] {
        [self == Self::Vessel, self == Self::Separator]
    }
}

/// The same contents in the present layout.
pub fn brought(layout: Layout, mut all: Value) -> Value {
    if !all.is_object() || !all["setup"].is_object() {
        return all;
    }
    let setup = all["setup"].take();
    all["setup"] = match layout {
        Layout::Vessel => vessel(&setup, &all["run"]),
        Layout::Separator => separator(setup, &all["run"]),
    };
    if all["notes"].is_null() {
        all["notes"] = json!([]);
    }
    if let (Some(rate), Some(run)) = (
        all.get("parcel_steps_per_second").cloned(),
        all["run"].as_object_mut(),
    ) {
        run.insert("parcel_steps_per_second".into(), rate);
    }
    if let Some(steady) = all.get_mut("steady").and_then(Value::as_object_mut) {
        rates(steady);
        for one in steady
            .get_mut("species")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            one.as_object_mut().into_iter().for_each(rates);
        }
    }
    for row in all["species"].as_array_mut().into_iter().flatten() {
        species(layout, row);
    }
    all
}

/// Rates had other names where they were of free beads.
fn rates(of: &mut Map<String, Value>) {
    for name in ["cells_per_s", "free_beads_per_s"] {
        if let Some(fed) = of.get(&format!("fed_{name}")).cloned() {
            of.insert("fed_per_s".into(), fed);
        }
        let Some(Value::Array(mut all)) = of.remove(name) else {
            continue;
        };
        for rate in &mut all {
            let per_s = rate[name].take();
            *rate = json!({ "place": rate["place"], "per_s": per_s });
        }
        of.insert("rates".into(), all.into());
    }
}

/// What both had, and what only the present layout has.
fn common(setup: &Value) -> Map<String, Value> {
    let mut out = Map::new();
    let empty = || json!([]);
    let null = || Value::Null;
    let defaults: [(&str, Value); 16] = [
        ("rotor", null()),
        ("gravity_m_per_s2", null()),
        ("suspension", json!("dilute")),
        ("lateral", null()),
        ("hindrance_exponent", null()),
        ("packing_limit", null()),
        ("flow", null()),
        ("feed_s", null()),
        ("inlets", empty()),
        ("phases", empty()),
        ("holds", empty()),
        ("coverage", null()),
        ("matrix", null()),
        ("magnets", null()),
        ("table_error", null()),
        ("sample_ml", setup["volume_ml"].clone()),
    ];
    out.extend(defaults.map(|(key, value)| (key.to_owned(), value)));
    for key in [
        "seed",
        "parcels",
        "volume_ml",
        "fluid_density_g_per_ml",
        "fluid_viscosity_mpa_s",
        "suspension",
        "lateral",
        "hindrance_exponent",
        "packing_limit",
        "sample_ml",
        "feed_s",
        "phases",
        "table_error",
        "gravity_m_per_s2",
        "inlets",
        "holds",
        "coverage",
        "matrix",
        "magnets",
    ] {
        if let Some(value) = setup.get(key) {
            out.insert(key.to_owned(), value.clone());
        }
    }
    if out["suspension"] != "dense" {
        out.insert("hindrance_exponent".into(), Value::Null);
    }
    out
}

fn vessel(old: &Value, run: &Value) -> Value {
    let mut out = common(old);
    let height = &old["height_mm"];
    let chamber = match old["shape"].as_str() {
        Some("sector") => json!({
            "shape": "sector", "height_mm": height, "meniscus_radius_mm": old["meniscus_radius_mm"],
            "angle_deg": null, "thickness_mm": null,
        }),
        shape => json!({ "shape": shape, "height_mm": height, "radius_mm": null }),
    };
    let bench = old["mounting"] == "bench";
    let rotor = json!({
        "mounting": old["mounting"], "meniscus_radius_mm": old["meniscus_radius_mm"], "bottom_radius_mm": old["bottom_radius_mm"],
        "peak_rpm": old["peak_rpm"], "peak_rcf_bottom": old["peak_rcf_bottom"],
    });
    out.insert("grid".into(), json!([1, 1, old["grid_layers"]]));
    out.insert("chamber".into(), chamber);
    out.insert("rotor".into(), if bench { Value::Null } else { rotor });
    let duration = old.get("duration_s").unwrap_or(&run["simulated_seconds"]);
    out.insert("duration_s".into(), duration.clone());
    out.into()
}

fn separator(old: Value, run: &Value) -> Value {
    let mut out = common(&old);
    out.insert(
        "grid".into(),
        old.get("grid").cloned().unwrap_or(json!([1, 1, 1])),
    );
    let section = &old["duct"];
    let chamber = json!({ "shape": "duct", "section": section, "length_mm": old["length_mm"] });
    out.insert("chamber".into(), chamber);
    out.insert("duration_s".into(), run["simulated_seconds"].clone());
    if !old["flow_ml_per_min"].is_null() {
        let splits = old.get("splits").cloned().unwrap_or(json!([]));
        let flow = json!({
            "rate_ml_per_min": old["flow_ml_per_min"], "profile": old["profile"], "streams": old["streams"], "splits": splits,
            "file": old["flow_file"],
        });
        out.insert("flow".into(), flow);
    }
    out.into()
}

fn species(layout: Layout, row: &mut Value) {
    if !row.is_object() {
        return;
    }
    let parcels = match layout {
        Layout::Vessel => row["parcels_start"].clone(),
        Layout::Separator => row["parcels"].clone(),
    };
    let number = |key: &str| row[key].as_f64().unwrap_or(0.0);
    let weight = (number("cells") + number("free_beads")) / parcels.as_f64().unwrap_or(1.0).max(1.0);
    let response = match row.get("attraction") {
        Some(Value::Object(old)) => magnetic(old),
        _ => Value::Null,
    };
    let Value::Object(row) = row else { return };
    row.insert("magnetic_response".into(), response);
    row.entry("parcels").or_insert(parcels.clone());
    row.entry("parcels_end").or_insert(parcels);
    row.entry("weight").or_insert(json!(weight));
    row.entry("free_beads").or_insert(json!(0.0));
    row.entry("lighter_than_fluid").or_insert(json!(false));
    row.entry("purity").or_insert(Value::Null);
    row.entry("without_a_bead").or_insert(Value::Null);
}

/// By what magnets pull; null where a number of it is missing.
fn magnetic(old: &Map<String, Value>) -> Value {
    let get = |key: &str| old.get(key).filter(|x| !x.is_null()).cloned();
    let all = |by: &str, keys: &[(&str, &str)]| {
        let mut out = json!({ "by": by });
        for (then, now) in keys {
            out[*now] = get(then)?;
        }
        Some(out)
    };
    let same = |key: &'static str| (key, key);
    let mobility = all("mobility", &[same("mobility_m3_s_per_kg"), same("spread")]).map(|mut out| {
        out["saturation_field_t"] = get("saturation_field_t").unwrap_or(Value::Null);
        out
    });
    let free = || {
        all(
            "free_bead",
            &[
                ("free_bead_susceptibility", "susceptibility"),
                ("free_bead_saturation_t", "saturation_t"),
            ],
        )
    };
    let beads = || {
        all(
            "beads",
            &[
                same("bead_diameter_um"),
                same("bead_diameter_cv"),
                same("bead_susceptibility"),
                same("bead_saturation_t"),
                same("mean_beads"),
                same("without_a_bead_expected"),
                same("susceptibility"),
            ],
        )
    };
    mobility.or_else(free).or_else(beads).unwrap_or(Value::Null)
}
