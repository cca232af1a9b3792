//! A store of policies as a state machine: whatever changes are made to it, it refuses what it must and answers as the reference does
//! from scratch. Failures are made minimal, kept as files, and replayed.

use std::fs;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use assize::compare::Strength;
use assize::drivers::property::{Random, scenarios};
use assize::sequences::minimal::{FOLDER, keep, kept, minimal, replay};
use assize::sequences::step::Step;
use assize::sequences::subject::{EngineStore, Store, Subject};
use assize::sequences::walk::Vocabulary;
use assize::sequences::{Expected, Failure, Model, Sequence};
use assize_generate::{Budget, Seeded, Settings};
use proptest::prelude::{BoxedStrategy, Just, Strategy};
use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};

/// How many sequences are tried: `ASSIZE_CASES`, or what takes a few seconds.
fn cases(default: u32) -> u32 {
    std::env::var("ASSIZE_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn regressions() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/regressions")
}

/// The naive store: what must come of each step.
struct Machine;

#[derive(Clone, Debug)]
struct State {
    vocabulary: Arc<Vocabulary>,
    /// The steps that put the policies of a scenario in place.
    loading: Arc<[Step]>,
    model: Model,
    /// Whether the last step was made.
    made: bool,
}

impl ReferenceStateMachine for Machine {
    type State = State;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<State> {
        let state = |scenario| {
            let vocabulary = Vocabulary::new(&scenario)?;
            let loading: Arc<[Step]> = vocabulary.loading().into();
            let mut model = Model::default();
            loading.iter().for_each(|step| _ = model.change(step));
            Some(State { vocabulary: Arc::new(vocabulary), loading, model, made: true })
        };
        scenarios(Settings::default()).prop_filter_map("a scenario without requests", state).boxed()
    }

    fn transitions(state: &State) -> BoxedStrategy<Step> {
        let state = state.clone();
        let step = move |(), mut source| state.vocabulary.step(&mut Random::new(&mut source), &state.model);
        Just(()).prop_perturb(step).boxed()
    }

    fn apply(mut state: State, step: &Step) -> State {
        state.made = state.model.change(step);
        state
    }
}

/// A store held against the machine.
struct Held<S>(PhantomData<S>);

impl<S: Store> StateMachineTest for Held<S> {
    type SystemUnderTest = Subject<S>;
    type Reference = Machine;

    fn init_test(state: &State) -> Subject<S> {
        let mut subject = Subject::new(Strength::Record);
        let mut model = Model::default();
        for step in state.loading.iter() {
            make(&mut subject, step, &model.step(step));
        }
        subject
    }

    /// `state` is that after the step. An answer changes nothing, so it is the same before and after.
    fn apply(mut subject: Subject<S>, state: &State, step: Step) -> Subject<S> {
        let expected = match &step {
            Step::Ask(question) => Expected::Answer(state.model.answer(question)),
            _ if state.made => Expected::Made,
            _ => Expected::Refused,
        };
        make(&mut subject, &step, &expected);
        subject
    }
}

fn make<S: Store>(subject: &mut Subject<S>, step: &Step, expected: &Expected) {
    if let Err(wrong) = subject.step(step, expected) {
        panic!("{}", wrong.kind);
    }
}

/// Tries `cases` runs of the machine. A failure is made minimal, and kept below `folder` if it still fails when it is read back.
fn run<S: Store>(cases: u32, seed: u64, folder: &Path) -> Result<(), String> {
    let config = Config {
        cases,
        // The shrinker of sequences does that, and files are kept, not seeds.
        max_shrink_iters: 0,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed),
        ..Config::default()
    };
    let strategy = Machine::sequential_strategy(16..64);
    let tried = TestRunner::new(config.clone()).run(&strategy, |(state, steps, _)| {
        // Without the counter of steps seen, which serves proptest's own shrinking alone.
        Held::<S>::test_sequential(config.clone(), state, steps, None);
        Ok(())
    });
    let (state, steps) = match tried {
        Ok(()) => return Ok(()),
        Err(TestError::Abort(why)) => return Err(why.message().to_owned()),
        Err(TestError::Fail(_, (state, steps, _))) => (state, steps),
    };
    let hold = |sequence: &Sequence| sequence.hold::<S>();
    let sequence = Sequence { steps: state.loading.iter().cloned().chain(steps).collect() };
    let smallest = minimal(&sequence, &hold, Budget::default())
        .ok_or("it fails as a state machine, and not as a sequence")?;
    let kept = keep(&smallest.sequence, folder, &hold).map_err(|error| format!("{error:?}"))?;
    let place = kept.map_or("not kept".to_owned(), |path| format!("kept in {}", path.display()));
    let Failure { wrong, .. } = smallest.failure;
    Err(format!(
        "{}\nafter the last of these steps, {place}:\n{}",
        wrong.difference,
        smallest.sequence.text()
    ))
}

#[test]
fn a_store_answers_as_the_reference_does_from_scratch() {
    if let Err(failure) = run::<EngineStore>(cases(150), 1, &regressions()) {
        panic!("{failure}");
    }
}

#[test]
fn kept_sequences_hold() {
    for file in kept(&regressions()).expect("a folder") {
        replay::<EngineStore>(&file).unwrap_or_else(|why| panic!("{why}"));
    }
}

#[test]
fn sequences_are_written_and_read_without_loss() {
    for case in 0..60 {
        let mut choices = Seeded::case(7, case);
        let scenario = assize_generate::scenario(&mut choices, &Settings::default());
        let Some(sequence) = Sequence::generate(&scenario, &mut choices) else { continue };
        assert_eq!(Sequence::read(&sequence.text()).as_ref(), Ok(&sequence), "case {case}");
    }
    for line in [
        r#"{"do":"keep","twice":true}"#,
        r#"{"do":"remove"}"#,
        r#"{"do":"fly"}"#,
        r#"{"do":"add","resource":"arn:aws:s3:::b","kind":"sea"}"#,
        r#"{"do":"ask","request":{"principal":{"kind":"anonymous"},"action":"a:b","resource":{"arn":"*"}},"kept":false}"#,
        "[",
    ] {
        assert!(Sequence::read(line).is_err(), "{line}");
    }
}

/// A store that detaches everything where it should detach one document fails as a state machine; what is kept of that is minimal,
/// fails again when it is read back, and holds for the store without the fault.
#[test]
#[cfg(feature = "faults")]
fn a_faulty_store_fails_and_the_failure_is_kept() {
    use assize::sequences::subject::FaultyStore;
    use assize_engine_faulty::faults::{Fault, with};

    let folder = tempfile::tempdir().expect("a folder");
    let found = with(Fault::DetachTakesAll, || run::<FaultyStore>(150, 1, folder.path()));
    let report = found.expect_err("two documents are attached, and one is detached");
    let [file] = &kept(folder.path()).expect("a folder")[..] else { panic!("one file: {report}") };
    assert!(file.starts_with(folder.path().join(FOLDER)) && report.contains(&file.display().to_string()));
    let text = fs::read_to_string(file).expect("a file");
    assert!(report.ends_with(&text));

    let sequence = Sequence::read(&text).expect("a sequence");
    assert!(sequence.steps.len() <= 14, "a person reads it in ten seconds:\n{text}");
    assert!(sequence.steps.iter().any(|step| matches!(step, Step::Detach { .. })), "{text}");
    let failure = |sequence: &Sequence| with(Fault::DetachTakesAll, || sequence.hold::<FaultyStore>()).err();
    let first = failure(&sequence).expect("it fails again");
    assert_eq!(first.at + 1, sequence.steps.len());
    assert_eq!(replay::<EngineStore>(file), Ok(()));
    let why = with(Fault::DetachTakesAll, || replay::<FaultyStore>(file)).expect_err("it fails again");
    assert!(why.starts_with(&format!("{}:{}: ", file.display(), first.at + 1)), "{why}");
    for at in 0..sequence.steps.len() {
        let mut fewer = sequence.clone();
        fewer.steps.remove(at);
        let kind = failure(&fewer).map(|failure| failure.wrong.kind);
        assert_ne!(kind.as_ref(), Some(&first.wrong.kind), "line {} can be left out", at + 1);
    }
}
