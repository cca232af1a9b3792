//! Questions that are never answered. Nothing can stop the thread that waits, so the tests end: with the question, and with a file of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use assize_model::json::Value;
use assize_model::scenario::{Body, Case};
use assize_model::{
    Description, Evaluator, Participation, Policies, Prepared, Refusal, Request, Scenario, Verdict,
};

/// How long an answer may take unless told otherwise: a thousand times what one takes that starts a process.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// An evaluator, and what it was asked and has not answered yet.
pub(super) struct Watched {
    evaluator: Box<dyn Evaluator + Send>,
    open: Open,
}

/// What was asked and is not answered yet: one question a thread at most.
#[derive(Clone, Default)]
pub(super) struct Open(Arc<Mutex<HashMap<ThreadId, Question>>>);

/// What was asked, and when.
#[derive(Clone, Debug)]
pub(super) struct Question {
    asked: Instant,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    /// Whether these policies are taken, or how this request is decided under them.
    Policies(Arc<Policies>, Option<Request>),
    /// How the operation of this name ends.
    Operation(String),
}

impl Watched {
    pub(super) fn new(evaluator: impl Evaluator + Send + 'static) -> Self {
        Watched { evaluator: Box::new(evaluator), open: Open::default() }
    }

    /// What is open, for whoever keeps the time.
    pub(super) fn open(&self) -> Open {
        self.open.clone()
    }
}

impl Open {
    fn questions(&self) -> MutexGuard<'_, HashMap<ThreadId, Question>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks; the question is open until the answer is there, or a panic.
    fn until<T>(&self, what: What, answer: impl FnOnce() -> T) -> T {
        /// Closes the question of its thread.
        struct Asked<'o>(&'o Open);
        impl Drop for Asked<'_> {
            fn drop(&mut self) {
                self.0.questions().remove(&thread::current().id());
            }
        }
        self.questions().insert(thread::current().id(), Question { asked: Instant::now(), what });
        let _asked = Asked(self);
        answer()
    }

    /// The question that has been open for longest, if that is `patience` or more.
    pub(super) fn overdue(&self, patience: Duration) -> Option<Question> {
        let questions = self.questions();
        let oldest = questions.values().min_by_key(|question| question.asked)?;
        (oldest.asked.elapsed() >= patience).then(|| oldest.clone())
    }

    /// Waits for a question that is overdue, on a thread of its own, and hands it to `tell`, once.
    pub(super) fn watch(self, patience: Duration, tell: impl FnOnce(Question) + Send + 'static) {
        let pause = (patience / 20).max(Duration::from_millis(1));
        thread::spawn(move || {
            let question = loop {
                match self.overdue(patience) {
                    Some(question) => break question,
                    None => thread::sleep(pause),
                }
            };
            tell(question);
        });
    }
}

impl Question {
    /// The question as a scenario without expectations, filed under `rule`; the name of the operation if it is one.
    pub(super) fn scenario(&self, rule: &str) -> Result<Scenario, &str> {
        let (policies, request) = match &self.what {
            What::Operation(name) => return Err(name),
            What::Policies(policies, request) => (policies, request),
        };
        let case = |request| Case { name: None, status: None, request: Ok(request), expect: None };
        let body = Body::Requests {
            policies: Box::new(Policies::clone(policies)),
            requests: request.clone().map(case).into_iter().collect(),
            expect: None,
        };
        let name = "unanswered".to_owned();
        Ok(Scenario { name, rules: vec![rule.to_owned()], note: None, status: None, body })
    }
}

impl Evaluator for Watched {
    fn describe(&self) -> Description {
        self.evaluator.describe()
    }

    fn prepare<'e>(&'e self, policies: &Policies) -> Result<Box<dyn Prepared + 'e>, Refusal> {
        let policies = Arc::new(policies.clone());
        let asked = What::Policies(policies.clone(), None);
        let prepared = self.open.until(asked, || self.evaluator.prepare(&policies))?;
        Ok(Box::new(PreparedWatched { policies, prepared, open: &self.open }))
    }

    fn perform(&self, operation: &Value<'_>) -> Option<Result<String, String>> {
        let name = operation.get("op").and_then(Value::as_str).unwrap_or_default();
        self.open.until(What::Operation(name.to_owned()), || self.evaluator.perform(operation))
    }
}

struct PreparedWatched<'e> {
    policies: Arc<Policies>,
    prepared: Box<dyn Prepared + 'e>,
    open: &'e Open,
}

impl PreparedWatched<'_> {
    fn asks(&self, request: &Request) -> What {
        What::Policies(self.policies.clone(), Some(request.clone()))
    }
}

impl Prepared for PreparedWatched<'_> {
    fn evaluate(&self, request: &Request) -> Verdict {
        self.open.until(self.asks(request), || self.prepared.evaluate(request))
    }

    fn trace(&self, request: &Request) -> Vec<Participation> {
        self.open.until(self.asks(request), || self.prepared.trace(request))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::mpsc::{self, Receiver};

    use assize_model::{Capabilities, PolicyType};

    use super::*;
    use crate::conformance::{Conformance, Suite};

    /// Allows everything, once somebody lets it go on.
    struct Waiting(Mutex<Receiver<()>>);

    impl Evaluator for Waiting {
        fn describe(&self) -> Description {
            let capabilities = Capabilities {
                principals: vec!["user".to_owned()],
                policies: vec![PolicyType::Identity],
                answers: vec!["decision".to_owned()],
                ..Capabilities::default()
            };
            let [name, version, language] = ["waiting", "1", "Rust"].map(str::to_owned);
            Description { name, version, language, capabilities }
        }

        fn prepare<'e>(&'e self, _: &Policies) -> Result<Box<dyn Prepared + 'e>, Refusal> {
            Ok(Box::new(Door(self)))
        }
    }

    struct Door<'e>(&'e Waiting);

    impl Prepared for Door<'_> {
        fn evaluate(&self, _: &Request) -> Verdict {
            let go = self.0.0.lock().expect("nobody panicked");
            // An error says that whoever could has gone.
            let _ = go.recv();
            Verdict::Unsupported("too late".to_owned())
        }
    }

    #[test]
    fn what_is_not_answered_in_time_is_told_and_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let (go, gone) = mpsc::channel();
        let (tell, told) = mpsc::channel();
        let waiting = Conformance::new(Waiting(Mutex::new(gone)), folder.path());
        let suite = Arc::new(Suite::new(waiting.patience(Duration::from_millis(50))).expect("the standard"));
        suite.watch(move |question| tell.send(question).expect("somebody listens"));
        let test = suite.tests().into_iter().find(|test| test.name().starts_with("chapter_06"));
        let running = suite.clone();
        let run = thread::spawn(move || running.run(&test.expect("chapter 06")));
        let text = suite.unanswered(&told.recv().expect("a question"));
        drop(go);
        run.join().expect("the test ends once it is answered");

        assert!(text.starts_with("waiting has not answered for 50ms and cannot be stopped"), "{text}");
        assert!(text.contains("\n  request    user "), "{text}");
        let kept = fs::read_dir(folder.path().join("assize-regressions/waiting")).expect("a folder");
        let files: Vec<String> =
            kept.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned()).collect();
        assert!(matches!(&files[..], [file] if text.contains(file.as_str())), "{files:?}: {text}");
    }

    #[test]
    fn what_is_answered_is_open_no_more() {
        let open = Open::default();
        let asked = || What::Operation("assume-role".to_owned());
        assert!(open.until(asked(), || open.overdue(Duration::ZERO).is_some()));
        assert!(open.overdue(Duration::ZERO).is_none());
        let panic = std::panic::catch_unwind(|| open.until(asked(), || panic!("what is on trial")));
        assert!(panic.is_err() && open.overdue(Duration::ZERO).is_none(), "a panic is an answer");
        open.until(asked(), || assert!(open.overdue(Duration::from_secs(3600)).is_none()));
    }
}
