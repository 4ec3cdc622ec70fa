//! A controller that holds the interface where it is wanted.

/// Proportional and integral control of the depth of the interface by the pump of the red cells, at a fixed sum of all pumps.
///
/// A channel of area A in which the interface stands at the depth y answers a change dQ of that pump with dy/dt = dQ/A. With the gains
/// A/tau and A/(4 tau2) a step of the set point decays as (1 - t/2tau) exp(-t/2tau): it overshoots by 13.5 % at 4 tau.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Controller {
    /// Depth at which the interface should stand [um].
    pub depth: f64,
    /// Time constant tau [us].
    pub time: f64,
}

/// What a controller remembers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Memory {
    /// What it adds to the pump because of all that was [um3/us].
    integral: f64,
}

impl Memory {
    /// Goes on from a rate of the pump [um3/us], where its rate without control is `base`: nothing jumps.
    pub fn from_rate(rate: f64, base: f64) -> Self {
        Self {
            integral: rate - base,
        }
    }
}

impl Controller {
    /// The rate of the pump [um3/us], for an interface at `depth` [um], for the next `interval` [us]. `base` is its rate without control,
    /// `area` that of the channel [um2], and the pump can be between two `bounds`. Where it is at a bound the controller no longer sums up
    /// what is wrong in its direction.
    pub fn rate(
        &self,
        memory: &mut Memory,
        depth: f64,
        interval: f64,
        base: f64,
        area: f64,
        bounds: [f64; 2],
    ) -> f64 {
        // an interface nearer to the inner wall than wanted: more red cells have to leave
        let off = self.depth - depth;
        let gain = area / self.time;
        let change = gain / (4.0 * self.time) * off * interval;
        let wish = base + gain * off + memory.integral + change;
        let held = (wish > bounds[1] && change > 0.0) || (wish < bounds[0] && change < 0.0);
        if !held {
            memory.integral += change;
        }
        (base + gain * off + memory.integral).clamp(bounds[0], bounds[1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follow(bounds: [f64; 2], until: f64) -> Vec<f64> {
        let (c, area, dt): (_, f64, f64) = (
            Controller {
                depth: 1.0,
                time: 60.0,
            },
            10.0,
            0.01,
        );
        let (mut memory, mut depth, mut out) = (Memory::default(), 0.0, Vec::new());
        for _ in 0..(until / dt) as usize {
            let rate = c.rate(&mut memory, depth, dt, 5.0, area, bounds);
            depth += (rate - 5.0) / area * dt;
            out.push(depth);
        }
        out
    }

    /// A step of one: crosses at 2 tau, overshoots by exp(-2) at 4 tau.
    #[test]
    fn a_step() {
        let y = follow([0.0, 100.0], 600.0);
        let at = |t: f64| y[(t / 0.01) as usize - 1];
        for t in [30.0, 90.0, 120.0, 240.0, 480.0] {
            let x: f64 = t / 120.0;
            let want = 1.0 - (1.0 - x) * (-x).exp();
            assert!((at(t) - want).abs() < 2e-4, "{t}: {} for {want}", at(t));
        }
    }

    /// A pump at its bound does not wind up: the interface arrives late, and does not overshoot more than a step does.
    #[test]
    fn a_bound_does_not_wind_up() {
        let y = follow([4.99, 5.01], 3000.0);
        let most = y.iter().copied().fold(0.0, f64::max);
        assert!(most < 1.14, "{most}");
        assert!((y[y.len() - 1] - 1.0).abs() < 0.01);
    }
}
