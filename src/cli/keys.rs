//! `buffycoat keys`: what a scene may say, for people.

use super::failure::Failure;
use super::print;
use buffycoat::Error;
use buffycoat::scenario::{key_reference, keys_of};
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
            Error::Input(format!(
                "no table of a scene has `{name}` in its name; `buffycoat keys` lists all of them"
            ))
        })?,
    };
    print(&text)
}
