// Numbers at the four corners of a rectangle together with their differences along its sides, which are carried through every
// operation. A difference of nearly equal values has lost its digits by the time that it is formed; these have not. The fields
// of magnets are second differences of smooth functions, tiny ones far away, and keep their digits in 32 bits at any distance.
struct Corners {
    // At (0, 0), (1, 0), (0, 1), (1, 1).
    f: vec4<f32>,
    // From 0 to 1 along the first side, at 0 and at 1 of the second; then along the second, at 0 and at 1 of the first.
    d: vec4<f32>,
    // The difference of the differences.
    dd: f32,
}

// Where the four differences begin, and where they end.
fn low(f: vec4<f32>) -> vec4<f32> {
    return f.xzxy;
}

fn high(f: vec4<f32>) -> vec4<f32> {
    return f.ywzw;
}

// Where the larger value is twice the smaller and more, the difference has lost one bit at most and is taken as it comes; the
// carried one may consist of terms that cancel where the corners are very unlike.
fn apart(a: vec4<f32>, b: vec4<f32>, carried: vec4<f32>) -> vec4<f32> {
    let plain = b - a;
    return select(carried, plain, abs(plain) > min(abs(a), abs(b)));
}

fn settled(f: vec4<f32>, carried: vec4<f32>, second: f32) -> Corners {
    let d = apart(low(f), high(f), carried);
    let dd = apart(d.xxxx, d.yyyy, apart(d.zzzz, d.wwww, vec4<f32>(second)));
    return Corners(f, d, dd.x);
}

// What changes along the first side alone, by `d`.
fn first(a: f32, b: f32, d: f32) -> Corners {
    return Corners(vec4<f32>(a, b, a, b), vec4<f32>(d, d, 0.0, 0.0), 0.0);
}

// What changes along the second side alone, by `d`.
fn second(a: f32, b: f32, d: f32) -> Corners {
    return Corners(vec4<f32>(a, a, b, b), vec4<f32>(0.0, 0.0, d, d), 0.0);
}

fn even(a: f32) -> Corners {
    return first(a, a, 0.0);
}

fn add(a: Corners, b: Corners) -> Corners {
    return settled(a.f + b.f, a.d + b.d, a.dd + b.dd);
}

fn less(a: Corners, b: Corners) -> Corners {
    return settled(a.f - b.f, a.d - b.d, a.dd - b.dd);
}

fn raised(a: Corners, by: f32) -> Corners {
    return settled(a.f + by, a.d, a.dd);
}

fn scaled(a: Corners, by: f32) -> Corners {
    return Corners(by * a.f, by * a.d, by * a.dd);
}

fn times(a: Corners, b: Corners) -> Corners {
    let d = a.d * high(b.f) + low(a.f) * b.d;
    let dd = a.dd * b.f.w + a.d.x * b.d.w + a.d.z * b.d.y + a.f.x * b.dd;
    return settled(a.f * b.f, d, dd);
}

fn inverse(a: Corners) -> Corners {
    let f = 1.0 / a.f;
    let d = -a.d * low(f) * high(f);
    return settled(f, d, -(a.dd * f.w + a.d.x * d.w + a.d.z * d.y) * f.x);
}

fn root(a: Corners) -> Corners {
    let f = sqrt(a.f);
    let d = a.d / (low(f) + high(f));
    return settled(f, d, (a.dd - d.x * d.w - d.z * d.y) / (f.x + f.w));
}

fn either(a: Corners, b: Corners, second: bool) -> Corners {
    return Corners(select(a.f, b.f, second), select(a.d, b.d, second), select(a.dd, b.dd, second));
}
