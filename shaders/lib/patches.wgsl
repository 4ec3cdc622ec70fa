// For kernels that bind `params`: a surface is divided into patches, one a layer of the grid.
#import lib/params
#import lib/passage

// The patch of a surface in a layer.
fn patch_of(surface: u32, layer: u32) -> u32 {
    return surface * params.cells.z + layer;
}
