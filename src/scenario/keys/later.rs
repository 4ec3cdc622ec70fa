//! What people ask for and this version does not have, each with what to do as long. No way on changes the physics unsaid.

use super::super::spec::{Key, Later, Need};
use super::{Kind, key};

/// A key that belongs to such a thing.
pub const fn wish(name: &'static str, later: Later) -> Key {
    key(name, Kind::Later(later), Need::Optional, "")
}

pub const BROWNIAN: Later = Later {
    what: "Brownian motion",
    way: "leave it out: `check` and every result say how far it would spread each species",
};

pub const SHEAR: Later = Later {
    what: "diffusion by shear",
    way: "leave it out: cells that push each other aside in a shear flow spread more than computed here",
};

pub const BED: Later = Later {
    what: "compression of the bed",
    way: "leave it out: cells pack up to `packing_limit`, and after a hard spin the bed comes out looser than a real one (about \
          90 % instead of 94 % by volume at 1430 x g)",
};

pub const KINETICS: Later = Later {
    what: "the kinetics of aggregation",
    way: "leave it out, and give `rouleaux`, a factor that holds from the first second on: spins at hundreds of g form rouleaux \
          within seconds, blood at 1 g takes about ten minutes",
};

pub const THROUGH: Later = Later {
    what: "flow through a vessel that spins",
    way: "a [chamber] is closed. Blood that flows through a spinning ring is a [channel]; a dilute sample, below 5 % of cells by volume, can \
          flow through a [duct] with a `rotor`. Elutriation cannot be computed",
};

pub const FIXED_ANGLE: Later = Later {
    what: "fixed-angle rotors",
    way: "there is no substitute yet: there cells sink across the tube onto its wall and slide down, and clear many times sooner \
          than along a tube that swings out",
};

pub const TILT: Later = Later {
    what: "tilted tubes",
    way: "leave it out for an upright tube, which clears several times more slowly: in a tilted one cells sink onto the wall and slide \
          down (Boycott)",
};

pub const CONICAL: Later = Later {
    what: "tubes with a conical or a round bottom",
    way: "take shape = \"tube\" with `inner_diameter` and the `fill_height` that gives the same volume: layers above the cone stay the \
          same, a pellet in the cone stands higher than in the flat tube, and `bottom_radius` is that of the flat bottom",
};

pub const PLANAR: Later = Later {
    what: "flows in a plane",
    way: "export the flow in space, as a duct has side walls; the flow between two plates is `profile = \"plates\"`, which needs no file",
};

pub const STL: Later = Later {
    what: "chambers from STL files",
    way: "take shape = \"tube\" or \"sector\" if the vessel is nearly one: layers lie at other depths where it is wider or narrower",
};

pub const LAYERS: Later = Later {
    what: "layers of different media",
    way: "there is no substitute yet: the sample is one fluid, mixed at the start. What a density medium lets through follows from the \
          densities of `buffycoat list`: cells above its density sink through it, lighter ones stay on it",
};

pub const GRADIENT: Later = Later {
    what: "density gradients",
    way: "there is no substitute yet: the fluid has one density. In a gradient that is long enough cells end where it has theirs, which \
          `buffycoat list` has",
};

pub const PROCEDURE: Later = Later {
    what: "steps between spins",
    way: "one scene is one spin. Run this one; its table has cells and volume of every layer. Write a second scene whose sample is \
          what you would transfer, mixed: its volume, and its cells per volume",
};

pub const FRACTIONS: Later = Later {
    what: "fractions by volume",
    way: "leave it out: profile.csv has every species by depth; add up the rows between the depths of a fraction (in a tube a volume is \
          a depth times the cross-section)",
};

pub const WINDOW: Later = Later {
    what: "keys of the window",
    way: "leave it out: `buffycoat view` opens a window, and is set there",
};
