//! `buffycoat keys`: what a scene may say, for people.

use super::failure::Failure;
use super::print;
use buffycoat::Error;
use buffycoat::library::near;
use buffycoat::scenario::{key_reference, key_tables, keys_of};
use clap::Args;

#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Only the tables whose name contains this, e.g. sample or duct [default: all]
    table: Option<String>,
}

pub fn keys(options: &Options) -> Result<(), Failure> {
    let text = match &options.table {
        None => key_reference(),
        Some(name) => keys_of(name).ok_or_else(|| {
            let tables = key_tables();
            let meant = near(name, tables.iter().map(String::as_str)).advice("`");
            let hint = meant.map_or_else(String::new, |help| format!("; {help}"));
            let all = "`buffycoat keys` lists all of them";
            Error::Input(match hint.as_str() {
                "" => format!("no table of a scene has `{name}` in its name; {all}"),
                _ => format!("no table of a scene has `{name}` in its name{hint}"),
            })
        })?,
    };
    print(&text)
}
