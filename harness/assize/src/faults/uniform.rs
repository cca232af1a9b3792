//! The generator that the real one is compared with: the same policies, and requests that know nothing of them.

use assize_generate::cast::Target;
use assize_generate::{Cast, Choices, Settings};
use assize_model::scenario::{Body, Case};
use assize_model::{Action, Context, ContextEntry, Request, Resource, Scenario};

/// Chooses a scenario as [`assize_generate::scenario()`] does, and other requests for it: their actions, resources and contexts are those
/// of casts that the policies have never heard of. Only the requesters stay, because the policies fit no others (EVAL-006).
pub fn scenario(choices: &mut dyn Choices, settings: &Settings) -> Scenario {
    let mut scenario = assize_generate::scenario(choices, settings);
    if let Body::Requests { requests, .. } = &mut scenario.body {
        for case in requests {
            if let Some(request) = stranger(choices, case) {
                case.request = Ok(request);
            }
        }
    }
    scenario
}

/// A request of the same requester for something else. `None` if the requester cannot ask for it.
fn stranger(choices: &mut dyn Choices, case: &Case) -> Option<Request> {
    let principal = case.request.as_ref().ok()?.principal().clone();
    let cast = Cast::generate(choices);
    let Target { action, resource, owner } = choices.one_of(&cast.targets).clone();
    let keys = cast.keys.into_iter().filter(|key| !key.values.is_empty());
    let entries = keys.map(|key| ContextEntry { key: key.name.to_owned(), values: key.values }).collect();
    let owner = (resource != "*").then_some(owner);
    let resource = Resource::new(resource, owner).ok()?;
    Request::new(principal, Action::new(action).ok()?, resource, Context::new(entries).ok()?).ok()
}
