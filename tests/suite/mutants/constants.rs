//! Mutants of constants and of declarations that may live, each with its reason.

use super::excuses::Excuse;

const fn one(file: &'static str, line: &'static str, change: &'static str, why: &'static str) -> Excuse {
    Excuse {
        file,
        line,
        change,
        times: 1,
        why,
    }
}

/// As [`super::excuses::EQUIVALENT`]. A constant that decides how long steps are, or when to stop, may change by a few per cent and nothing
/// is wrong; that it is the one of Rust is for `gpu_constants!` to say.
pub const CONSTANTS: &[Excuse] = &[
    one(
        "kernels/approach",
        "const UNDECIDED: f32 = 2.0;",
        "`2.0` -> `2.06`",
        "no cell of the fixtures is undecided; the host takes every number but the other two for it",
    ),
    one(
        "kernels/approach",
        "const LENGTH: f32 = 0.1;",
        "`0.1` -> `0.10300000000000001`",
        "a step a little longer is as good within the tolerance; the value is compared with that of Rust",
    ),
    one(
        "kernels/approach",
        "const TURN: f32 = 6.0;",
        "`6.0` -> `6.18`",
        "a step a little shorter is as good within the tolerance; the value is compared with that of Rust",
    ),
    one(
        "kernels/approach",
        "const MOST: u32 = 4000u;",
        "`4000u` -> `4001u`",
        "no cell of the fixtures takes so many steps; the value is compared with that of Rust",
    ),
    one(
        "kernels/approach",
        "const STILL: f32 = 1e-9;",
        "`1e-9` -> `1.0300000000000002e-9`",
        "no cell of the fixtures is so slow; the value is compared with that of Rust",
    ),
    one(
        "kernels/deposit",
        "const ROOM: u32 = 512u;",
        "`512u` -> `513u`",
        "room for one more grid cell; that it is not too much is tested with the layouts",
    ),
    one(
        "kernels/deposit",
        "var<workgroup> own: array<atomic<u32>, 2u * MOMENTS * ROOM>;",
        "`2u` -> `3u`",
        "more room than is needed; that it is not too much is tested with the layouts",
    ),
    one(
        "laws/crossing",
        "const NEVER: f32 = 2.0;",
        "`2.0` -> `2.06`",
        "every number above one stands for it; the value is compared with that of Rust",
    ),
    one(
        "lib/angles",
        "const HALVINGS: u32 = 12u;",
        "`12u` -> `13u`",
        "the angle is its own tangent to the last bit before",
    ),
    one(
        "lib/angles",
        "const LAST: f32 = 15.0;",
        "`15.0` -> `15.450000000000001`",
        "the term of 15 is below the last bits",
    ),
    one(
        "lib/carried",
        "const MOST_PARTS: u32 = 4096u;",
        "`4096u` -> `4097u`",
        "no parcel of the fixtures needs just so many parts; the value is compared with that of Rust",
    ),
    one(
        "lib/carried",
        "const TRIES: u32 = 6u;",
        "`6u` -> `7u`",
        "no part of the fixtures is shortened as often as it may be; the value is compared with that of Rust",
    ),
    one(
        "lib/carried",
        "const PER_GROWTH: f32 = 0.5;",
        "`0.5` -> `0.515`",
        "parts that are a little shorter are as good within the tolerance; the value is compared with that of Rust",
    ),
    one(
        "lib/carrier_given",
        "const OF_MEAN_GIVEN: f32 = 0.1;",
        "`0.1` -> `0.10300000000000001`",
        "parts that are a little longer are as good within the tolerance; the value is compared with that of Rust",
    ),
    one(
        "lib/passage",
        "const TUBE: u32 = 0u;",
        "`0u` -> `1u`",
        "no kernel asks for it, as it is what the other shapes are not; the value is compared with that of Rust",
    ),
    one(
        "lib/passage",
        "const WAITING: u32 = 1u;",
        "`1u` -> `2u`",
        "no kernel asks for it, as it is what is neither free nor held nor out; the value is compared with that of Rust",
    ),
    one(
        "magnets/cuboid",
        "const LARGE: f32 = 0.3;",
        "`0.3` -> `0.309`",
        "both forms give the same beside the border",
    ),
    one(
        "magnets/cylinder",
        "const ROUNDS: u32 = 4u;",
        "`4u` -> `5u`",
        "the means have converged before",
    ),
    one(
        "magnets/cylinder",
        "const TERMS: u32 = 12u;",
        "`12u` -> `13u`",
        "the next term is below the last bit",
    ),
    one(
        "magnets/cylinder",
        "const SMALL: f32 = 0.2;",
        "`0.2` -> `0.20600000000000002`",
        "both forms give the same beside the border",
    ),
    one(
        "magnets/cylinder",
        "const AXIS: f32 = 1e-9;",
        "`1e-9` -> `1.0300000000000002e-9`",
        "nearer to the axis than that the field is that of the axis to the last bit",
    ),
    one(
        "magnets/cylinder",
        "const LEAST: f32 = 1e-12;",
        "`1e-12` -> `1.03e-12`",
        "only zero is kept off",
    ),
    one(
        "kernels/advect",
        "for (var passed = 0u; left > 0.0 && passed < MOST_CELLS; passed++) {",
        "`0.0` -> `0.3`",
        "the last 0.3 us of a step of 23 ms are 1e-5 of the way",
    ),
    one(
        "kernels/advect",
        "var face = array<vec2<f32>, 3>();",
        "`3` -> `4`",
        "room for an axis that there is not",
    ),
    one(
        "kernels/advect",
        "for (var axis = 0u; axis < 3u; axis++) {",
        "`3u` -> `4u`",
        "a fourth axis has the faces of the third, and loses against it",
    ),
    one(
        "kernels/advect",
        "p[axis] = select(vec2<u32>(0xffffffffu, p[axis].y - 1u), vec2<u32>(0u, p[axis].y + 1u), up);",
        "`0u` -> `1u`",
        "a unit off the face: 2e-10 of a cell",
    ),
    one(
        "laws/pollock",
        "const STAYS: f32 = 3.0e38;",
        "`3.0e38` -> `3.09e38`",
        "longer than any step, as it was",
    ),
    one(
        "laws/pollock",
        "if abs(z) < 0.25 {",
        "`0.25` -> `0.2575`",
        "both forms give the same beside the border",
    ),
    one(
        "laws/pollock",
        "if abs(y) < 0.25 {",
        "`0.25` -> `0.2575`",
        "both forms give the same beside the border",
    ),
    one(
        "laws/pollock",
        "return 1.0 + z * (0.5 + z * (1.0 / 6.0 + z * (1.0 / 24.0 + z / 120.0)));",
        "`120.0` -> `123.60000000000001`",
        "changes a way by a millionth at most",
    ),
    one(
        "laws/pollock",
        "if last * u <= 0.0 {",
        "`*` -> `/`",
        "the quotient has the sign of the product; at rest the time is not a number then, and loses every comparison",
    ),
];
