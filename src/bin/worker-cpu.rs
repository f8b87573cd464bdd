//! The worker that trains on the CPU: small, so that it starts at once.

fn main() {
    two_phase::worker::start();
}
