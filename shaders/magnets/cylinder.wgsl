// A ring about z magnetised along it by 1 T, outside and near one of its ends, as the solenoid of its mantle less that of its
// bore: Bulirsch's integral for the axial field, and complete elliptic integrals by the arithmetic-geometric mean for the vector
// potential and the loops at both ends (Derby & Olbert 2010; Bulirsch 1969). What is wanted is a second difference, between
// both radii and both ends, formed of differences that keep their digits (lib/corners). A bore of zero makes it a cylinder.
#import lib/corners
#import lib/flux

// Rounds of the mean that converge for any point farther than 1e-4 of a radius.
const ROUNDS: u32 = 4u;
// Terms of the series for a small parameter, and up to where it is taken.
const TERMS: u32 = 12u;
const SMALL: f32 = 0.2;
// Nearer to the axis, and to either radius, all is as there.
const AXIS: f32 = 1e-9;
const BESIDE: f32 = 1.0000003;
// A parameter that is not zero, where there is no bore.
const LEAST: f32 = 1e-12;

// Complete elliptic integrals of the parameter m: K, E, S of sin2 cos2 / Delta3 and T = 3 S + 2 m dS/dm.
struct Complete {
    k: Corners,
    e: Corners,
    s: Corners,
    t: Corners,
}

fn complete(m: Corners, complement: Corners, kc: Corners) -> Complete {
    var a = scaled(raised(kc, 1.0), 0.5);
    var b = root(kc);
    var over = scaled(inverse(raised(kc, 1.0)), 0.5);
    var c = times(m, over);
    var sum = even(0.5);
    var weight = 1.0;
    for (var i = 0u; i < ROUNDS; i++) {
        sum = add(sum, scaled(times(c, over), weight));
        let next = scaled(add(a, b), 0.5);
        let ratio = scaled(times(c, inverse(next)), 0.25);
        over = times(over, ratio);
        c = times(c, ratio);
        b = root(times(a, b));
        a = next;
        weight = 2.0 * weight;
    }
    let k = scaled(inverse(a), 1.5707964);
    let d = times(k, sum);
    let rest = less(k, d);
    let m_inverse = inverse(raised(m, LEAST));
    let s = times(less(d, rest), m_inverse);
    let t = times(less(times(rest, inverse(complement)), d), m_inverse);
    // for small m from the binomial series of 1/Delta3, whose terms are products of Wallis'
    var few_s = even(0.0);
    var few_t = few_s;
    var power = even(0.19634954);
    for (var i = 0u; i < TERMS; i++) {
        let n = f32(i);
        few_s = add(few_s, power);
        few_t = add(few_t, scaled(power, 3.0 + 2.0 * n));
        power = scaled(times(power, m), (1.5 + n) * (2.0 * n + 3.0) / ((1.0 + n) * (2.0 * n + 6.0)));
    }
    // it is greatest at the nearer end
    let small = max(m.f.x, m.f.y) < SMALL;
    return Complete(k, less(k, times(m, d)), either(s, few_s, small), either(t, few_t, small));
}

// Bulirsch's integral of (cos2 + g sin2) / ((cos2 + p sin2) sqrt(cos2 + kc2 sin2)) with p = g2 and its root.
fn cel(kc: Corners, g: Corners, p_root: Corners) -> Corners {
    let inverted = inverse(p_root);
    let unit = times(g, inverted);
    var c = raised(times(unit, inverted), 1.0);
    var s = scaled(add(unit, times(kc, inverted)), 2.0);
    var p = add(times(kc, inverted), p_root);
    var mean = raised(kc, 1.0);
    var k = kc;
    for (var i = 0u; i < ROUNDS; i++) {
        let twice = scaled(root(k), 2.0);
        k = times(twice, mean);
        let before = c;
        let q = inverse(p);
        c = add(c, times(s, q));
        let g = times(k, q);
        s = scaled(add(s, times(before, g)), 2.0);
        p = add(p, g);
        mean = add(mean, twice);
    }
    let all = add(s, times(c, mean));
    return scaled(times(all, inverse(times(mean, add(mean, p)))), 1.5707964);
}

fn field_cylinder(at: vec3<f32>, radius: f32, bore: f32, half: f32) -> Flux {
    let z = abs(at.z);
    var rho = max(length(at.xy), AXIS);
    if rho == radius || rho == bore {
        rho = BESIDE * rho;
    }
    let wall = radius - bore;
    let both = radius + bore;
    let a = first(bore, radius, wall);
    let squares = first(bore * bore, radius * radius, wall * both);
    let wide = first(bore + rho, radius + rho, wall);
    let narrow = first(bore - rho, radius - rho, wall);
    let height = second(z - half, z + half, 2.0 * half);
    let heights = second((z - half) * (z - half), (z + half) * (z + half), 4.0 * half * z);
    let wides = first((bore + rho) * (bore + rho), (radius + rho) * (radius + rho), wall * (both + 2.0 * rho));
    let narrows = first((bore - rho) * (bore - rho), (radius - rho) * (radius - rho), wall * (both - 2.0 * rho));
    let q = add(heights, wides);
    let q_inverse = inverse(q);
    let root_inverse = inverse(root(q));
    let complement = times(add(heights, narrows), q_inverse);
    let kc = root(complement);
    let i = complete(scaled(times(a, q_inverse), 4.0 * rho), complement, kc);
    let wide_inverse = inverse(wide);
    let g = times(narrow, wide_inverse);
    let p_root = root(times(narrows, times(wide_inverse, wide_inverse)));
    let solenoid = times(times(height, root_inverse), times(times(a, wide_inverse), cel(kc, g, p_root)));
    let third = times(times(root_inverse, q_inverse), squares);
    let potential = times(i.s, third);
    let balance = less(squares, raised(heights, rho * rho));
    let loop_axial = times(add(i.k, times(times(balance, q_inverse), times(inverse(complement), i.e))), root_inverse);
    let loop_radial = times(times(height, i.t), times(third, q_inverse));
    // 1/pi, 4/pi, 1/(2 pi)
    let side = select(-1.0, 1.0, at.z >= 0.0);
    let axial = 0.31830987 * solenoid.dd;
    let radial = -side * 1.2732395 * potential.dd;
    let along = side * 0.15915494 * loop_axial.dd;
    let radial_along = 1.2732395 * loop_radial.dd;
    let n = at.xy / rho;
    // d B_rho / d rho - B_rho / rho
    let excess = -along - 2.0 * radial;
    return Flux(
        vec3<f32>(radial * at.xy, axial),
        vec3<f32>(radial + excess * n.x * n.x, -along - radial - excess * n.x * n.x, along),
        vec3<f32>(radial_along * at.yx, excess * n.x * n.y),
    );
}
