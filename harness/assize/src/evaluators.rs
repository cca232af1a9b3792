//! The evaluators of this repository, by name.

use assize_engine::Engine;
use assize_model::Evaluator;
use assize_reference::Reference;

/// The names, the standard first.
pub const NAMES: [&str; 2] = ["reference", "engine"];

/// The evaluator called `name`.
pub fn named(name: &str) -> Option<Box<dyn Evaluator>> {
    match name {
        "reference" => Some(Box::new(Reference::new())),
        "engine" => Some(Box::new(Engine::new())),
        _ => None,
    }
}
