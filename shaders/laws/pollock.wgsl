// The way of a fluid element through a grid cell along one axis, where the velocity is linear between the two faces (Pollock 1988).
const STAYS: f32 = 3.0e38;

// (e^z - 1)/z; near zero as a series, whose rest is below 2e-6.
fn growth(z: f32) -> f32 {
    if abs(z) < 0.25 {
        return 1.0 + z * (0.5 + z * (1.0 / 6.0 + z * (1.0 / 24.0 + z / 120.0)));
    }
    return (exp(z) - 1.0) / z;
}

// ln(r)/(r - 1); near one by the series of artanh, whose rest is below 2e-6.
fn decline(r: f32) -> f32 {
    let y = r - 1.0;
    if abs(y) < 0.25 {
        let s = y / (2.0 + y);
        return 2.0 / (2.0 + y) * (1.0 + s * s * (1.0 / 3.0 + s * s / 5.0));
    }
    return log(r) / y;
}

// Velocity at a place `at`, the fraction of the cell below and above it; each to all digits, so that what is near a face is not taken for being on
// it. `face` has the velocities at the lower and the upper face [cells per unit of time].
fn velocity(at: vec2<f32>, face: vec2<f32>) -> f32 {
    return face.x * at.y + face.y * at.x;
}

// Time after which a fluid element leaves a cell; STAYS if it never does.
fn exit_time(at: vec2<f32>, face: vec2<f32>) -> f32 {
    let u = velocity(at, face);
    let up = u > 0.0;
    let last = select(face.x, face.y, up);
    // it has to have the same direction at the face
    if last * u <= 0.0 {
        return STAYS;
    }
    return select(at.x, at.y, up) / abs(u) * decline(last / u);
}

// How far it goes in the time `t`, within the cell [cells].
fn pollock(at: vec2<f32>, face: vec2<f32>, t: f32) -> f32 {
    return velocity(at, face) * t * growth((face.y - face.x) * t);
}
