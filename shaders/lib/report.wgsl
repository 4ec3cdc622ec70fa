// For kernels that move parcels and bind `params`, `page` and `stats`.
#import lib/statistics

// Takes down a bad parcel, unless a step before this one met one. Steps follow one another, so no other step's number
// can come in between.
fn report(i: u32) {
    if atomicLoad(&stats[BAD_STEP]) >= params.step {
        atomicMin(&stats[BAD_STEP], params.step);
        atomicMin(&stats[BAD_PARCEL], page.first + i);
    }
}
