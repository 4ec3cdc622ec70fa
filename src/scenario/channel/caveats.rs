//! What the results of a channel leave out, take as ideal and assume.

use super::super::Scene;
use crate::constants::MILLIMETRE;
use crate::continuum::Channel;
use crate::model::CellClass;
use crate::units::digits;

impl Scene {
    /// What the results leave out and assume, each in a sentence, with the numbers of this channel.
    pub(in crate::scenario) fn caveats_of_channel(&self, channel: &Channel) -> Vec<String> {
        let fluid = channel.fluid();
        let mut out = vec![
            format!(
                "assumed: cells mix over {} um at the interface (`mixing_length`). Monocytes and neutrophils depend on it, and on 0.2 mm of the \
                 interface's depth: run the scene again with other values of both",
                digits(channel.settling.mixing_length, 3)
            ),
            "assumed: the viscosity of packed cells above a haematocrit of 70 %, of which no measurements could be read; known within a factor \
             of 2 to 3 (`bed_viscosity`). It sets the tilt of the interface"
                .to_owned(),
        ];
        let rouleaux = channel
            .components
            .iter()
            .filter(|c| c.species.class == CellClass::Erythrocyte)
            .map(|c| c.aggregation)
            .fold(0.0, f64::max);
        if rouleaux > 1.0 {
            out.push(format!(
                "assumed: rouleaux with {} times the mobility of a cell, as in a tube at rest. A flow breaks them up, and leukocytes follow: in the scene \
                 leukapheresis_mnc a fifth fewer are collected with 4 than with 10.7 (`physics.rouleaux`)",
                digits(rouleaux, 3)
            ));
        }
        if channel
            .components
            .iter()
            .any(|c| c.species.class == CellClass::Leukocyte)
        {
            out.push(
                "compared with published procedures the scene leukapheresis_mnc collects too many granulocytes, and 16 points too many \
                 lymphocytes and monocytes; its trends with haematocrit and white count have the wrong sign (cases N04, C38 and C39)"
                    .to_owned(),
            );
        }
        if let Some(p) = channel.phases.iter().max_by(|a, b| a.omega.total_cmp(&b.omega)) {
            let layer = (fluid.viscosity / fluid.density / p.omega).sqrt();
            let fed: f64 = p.feed.iter().sum();
            let [_, depth, width] = channel.size;
            let speed = fed / (depth * width);
            out.push(format!(
                "left out: secondary flows of the rotation. On the walls across the axis Ekman layers are {} mm thick and turn the plasma over; the \
                 Rossby number of the depth is {:.0e}. At 100 x g such flows are as fast as platelets settle",
                digits(layer / MILLIMETRE, 2),
                speed / (2.0 * p.omega * depth)
            ));
        }
        out.push("left out: the jet at the inlet, break-up and growth of rouleaux, a bed that yields, differences along the axis".to_owned());
        out
    }
}
