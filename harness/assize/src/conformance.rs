//! Libtest tests for an evaluator of yours: one for each chapter of the standard, each invariant, each strength of comparison and each
//! regression.
//!
//! ```toml
//! [dev-dependencies]
//! assize = { git = "…", default-features = false, features = ["conformance"] }
//!
//! [[test]]
//! name = "conformance"
//! harness = false
//! ```
//!
//! ```ignore
//! // tests/conformance.rs
//! assize::conformance!(MyEvaluator::new());
//! ```
//!
//! The evaluator implements [`Evaluator`]. What its capabilities do not name is not asked, but counted: the last
//! lines say what was left out. Settings go into the same line, each a method of [`Conformance`]:
//!
//! ```ignore
//! assize::conformance!(MyEvaluator::new(), cases = 5000, regressions = "tests/found");
//! ```
//!
//! | test | holds the evaluator against |
//! |---|---|
//! | `chapter_03_conditions` | the cases of a chapter |
//! | `generated::decision`, `generated::deciding`, `generated::record` | the reference, on generated scenarios; each strength that the evaluator answers |
//! | `oracle::inv_025_deny_takes_precedence` | an invariant of chapter 08, on generated scenarios |
//! | `regression::my-evaluator::0f1e2d…` | a scenario that failed once: of this project, or of your own folder `assize-regressions` |
//!
//! `cargo test --test conformance inv_025` runs some of them; all options of libtest work. What fails on a generated scenario is made
//! minimal, written below `assize-regressions` in the crate of the test, read back and tried again, and is a test of its own from then
//! on. Keep these files under version control.
//!
//! Rules that the standard itself is not sure of accuse nobody (`documented-ambiguous`, `choice`): where an evaluator does otherwise it
//! diverges, which the last lines say and no test fails for.
//!
//! A panic of the evaluator is a failure of the case at hand. Where it does not answer for [`PATIENCE`], the tests end and say what was
//! asked.
//!
//! The tests are found at run time, by which a regression is a test as soon as its file is there; that is why the harness of the compiler
//! has to be switched off. Who forgets it is told so by a test that fails.
//!
//! `ASSIZE_CASES` is the number of generated scenarios, [`CASES`] unless set.

mod diagnosis;
mod generated;
mod patience;
mod suite;
mod words;

use std::env;
use std::path::{Path, PathBuf};
use std::process::{self, ExitCode};
use std::sync::Arc;
use std::time::Duration;

use assize_model::Evaluator;
use libtest_mimic::{Arguments, Completion, Failed, Trial};

use crate::trial::note_panics;

use patience::Watched;

pub use patience::PATIENCE;
pub use suite::{Ended, Suite, Test};

/// How many scenarios are generated unless told otherwise, for each strength; for each invariant a tenth of it.
pub const CASES: u64 = 1000;

/// The tests of an evaluator.
pub struct Conformance {
    evaluator: Watched,
    /// The folder of the crate that is tested.
    pub(crate) folder: PathBuf,
    pub(crate) regressions: PathBuf,
    pub(crate) cases: u64,
    pub(crate) seed: u64,
    pub(crate) patience: Duration,
}

impl Conformance {
    /// The tests of `evaluator`, which belongs to the crate in `folder`.
    pub fn new(evaluator: impl Evaluator + Send + 'static, folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        let regressions = folder.join("assize-regressions");
        Conformance {
            evaluator: Watched::new(evaluator),
            folder,
            regressions,
            cases: CASES,
            seed: crate::generation::SEED,
            patience: PATIENCE,
        }
    }

    /// How many scenarios are generated, unless `ASSIZE_CASES` says otherwise.
    pub fn cases(self, cases: u64) -> Self {
        Conformance { cases, ..self }
    }

    /// What they are made from: equal seeds make equal scenarios.
    pub fn seed(self, seed: u64) -> Self {
        Conformance { seed, ..self }
    }

    /// How long an answer may take before the tests end with its question.
    pub fn patience(self, patience: Duration) -> Self {
        Conformance { patience, ..self }
    }

    /// The folder of the regressions, from the folder of the crate.
    pub fn regressions(self, folder: impl AsRef<Path>) -> Self {
        Conformance { regressions: self.folder.join(folder), ..self }
    }

    /// Runs the tests that the arguments of the process ask for, as libtest does, and says what was held against what.
    pub fn run(self) -> ExitCode {
        let arguments = Arguments::from_args();
        let cases = env::var("ASSIZE_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(self.cases);
        let suite = match Suite::new(Conformance { cases, ..self }) {
            Ok(suite) => Arc::new(suite),
            Err(why) => {
                eprintln!("{why}");
                return ExitCode::from(101);
            }
        };
        // Panics of what is tried are findings and are told as such; while shrinking there are hundreds of them.
        note_panics();
        let told = suite.clone();
        suite.watch(move |question| {
            eprint!("\n{}", told.unanswered(&question));
            process::exit(101);
        });
        let trial = |test: Test| {
            let suite = suite.clone();
            Trial::ignorable_test(test.name().to_owned(), move || match suite.run(&test) {
                Ended::Held => Ok(Completion::Completed),
                Ended::NotTried(why) => Ok(Completion::ignored_with(why)),
                Ended::Failed(text) => Err(Failed::from(text)),
            })
        };
        let trials = suite.tests().into_iter().map(trial).collect();
        let conclusion = libtest_mimic::run(&arguments, trials);
        if !arguments.list {
            print!("{}", suite.summary());
        }
        conclusion.exit_code()
    }
}

/// Makes the tests of an evaluator: `assize::conformance!(MyEvaluator::new());` in a file of `tests` whose entry in `Cargo.toml` says
/// `harness = false`. See [the module](mod@crate::conformance) for the tests and the settings.
#[macro_export]
macro_rules! conformance {
    ($evaluator:expr $(, $setting:ident = $value:expr)* $(,)?) => {
        fn main() -> ::std::process::ExitCode {
            $crate::conformance::Conformance::new($evaluator, env!("CARGO_MANIFEST_DIR"))
                $(.$setting($value))*
                .run()
        }

        // Compiled with the harness of the compiler only, in which `main` would never run.
        #[test]
        fn harness_is_false() {
            panic!(
                "nothing was tested: give this test an entry in Cargo.toml,\n\n[[test]]\nname = \"{}\"\nharness = false\n",
                module_path!()
            );
        }
    };
}
