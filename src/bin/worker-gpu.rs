//! The worker that trains on WebGPU.

fn main() {
    two_phase::worker::start();
}
