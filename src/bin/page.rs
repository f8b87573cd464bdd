//! The page: draws, and asks the worker to train.

fn main() {
    two_phase::page::start();
}
