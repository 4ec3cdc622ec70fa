// How a picture is taken: where a place in the vessel comes to lie on it, and what of a parcel it shows.
struct Shot {
    // Rows of the map from a place [um]: its column and its row [pixels], both times the divisor, and the divisor; w: constants.
    column: vec4<f32>,
    row: vec4<f32>,
    divisor: vec4<f32>,
    // Only what lies between the planes on which this is -1 and 1 is drawn; w: constant.
    slab: vec4<f32>,
    // Pixels.
    width: u32,
    height: u32,
    // Amounts that every pixel has: one a class, or two where parcels show a value.
    channels: u32,
    // 1 where parcels have a fate.
    fated: u32,
    // Radius at which the vessel is unrolled [um], 0 where it is not.
    unrolled: f32,
    // Pixels a um where the divisor is one.
    scale: f32,
    // Least and greatest radius of a disc [pixels].
    least: f32,
    most: f32,
    // Bands along z, each with its own discs.
    bands: u32,
    // Entries of `value` from one parcel to the next, or from one grid cell to the next; 0 where parcels show a class.
    stride: u32,
    // 1 where the entries are those of grid cells.
    of_cells: u32,
    // First entry.
    offset: u32,
    // Value at the lower end of the colours, one over their range, and how many steps it has.
    low: f32,
    per_range: f32,
    steps: f32,
    // Opacity that the amount of one gives where parcels show a value.
    gain: f32,
}

// How a parcel is drawn.
struct Blot {
    // Radius of its disc [um].
    radius: f32,
    // Amount of a pixel in the middle of its disc.
    amount: f32,
    // How far a free parcel is drawn from its place at most along each side of the page [um].
    shift: f32,
    spare: f32,
}
