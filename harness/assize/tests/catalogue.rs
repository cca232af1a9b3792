//! The catalogue reads the real chapters whole, and refuses chapters that are not as they must be.

use assize::catalogue::{Catalogue, CatalogueError, Filter, Member, Problem, Standing, Status};

fn standard() -> Catalogue {
    match Catalogue::standard() {
        Ok(catalogue) => catalogue,
        Err(errors) => panic!("{}", errors.iter().map(|e| format!("{e}\n")).collect::<String>()),
    }
}

/// The problems of a chapter that consists of a title and `body`.
fn problems(body: &'static str) -> Vec<CatalogueError> {
    Catalogue::read(&[("bad.md", body)]).err().unwrap_or_default()
}

fn lines_and_problems(body: &'static str) -> Vec<(usize, String)> {
    problems(body).into_iter().map(|error| (error.line, error.to_string())).collect()
}

#[test]
fn every_rule_of_the_standard_is_read() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../corpus/spec");
    let catalogue = standard();
    let mut fixtures = 0;
    for (index, chapter) in catalogue.chapters.iter().enumerate() {
        let text = std::fs::read_to_string(format!("{folder}/{}", chapter.file)).expect("a chapter on disk");
        let named = |line: &&str| {
            let name =
                line.strip_prefix("### ").and_then(|heading| heading.split(' ').next()).unwrap_or_default();
            name.split_once('-').is_some_and(|(family, _)| family.bytes().all(|b| b.is_ascii_uppercase()))
        };
        let (scenarios, headings): (Vec<&str>, Vec<&str>) =
            text.lines().filter(named).partition(|line| line.contains("-S"));
        let rules = catalogue.rules.iter().filter(|rule| rule.chapter == index).count();
        assert_eq!(rules, headings.len(), "{}", chapter.file);
        assert!(rules > 0, "{} holds no rule", chapter.file);
        fixtures += scenarios.len();
    }
    assert_eq!(catalogue.chapters.len(), 9);
    assert_eq!(catalogue.fixtures.len(), fixtures);
}

#[test]
fn members_are_told_apart() {
    let catalogue = standard();
    let rule = |id: &str| catalogue.rule(id).unwrap_or_else(|| panic!("no {id}"));

    let grammar = rule("GRAM-004");
    assert_eq!(grammar.title, "No repeated member names");
    assert_eq!(grammar.standing, Standing::Own(Status::Documented));
    assert!(grammar.status_text.ends_with("(names compared after unescaping)"));
    assert_eq!(grammar.cases.len(), 4);
    assert!(grammar.cases[1].ends_with("→ reject E_DUP_KEY — choice"));

    // A table may stand before the rule, in it, and in it may stand a program.
    assert!(rule("PRIN-023").text.starts_with("| Policy type |"));
    assert!(rule("COND-100").text.contains("| `Null: true` / `false` | true / false | – | true | false |"));
    assert!(rule("EVAL-010").text.contains("# 1. Requests outside policy evaluation"));

    // The chapter on invariants writes several members on one line.
    let invariant = rule("INV-089");
    assert_eq!(invariant.source, "PRIN-054.");
    assert_eq!(invariant.standing, Standing::Own(Status::Documented));
    assert!(
        invariant.fails_when.as_deref().is_some_and(|text| text.starts_with("Resource, `aws:PrincipalArn`"))
    );
    assert!(invariant.text.ends_with("for principal matching."));
    assert!(rule("INV-080").needs.is_some());

    let delegation = rule("DELEG-017");
    assert!(delegation.setting.as_deref().is_some_and(|text| text.starts_with("trust `+{Service:")));
    assert_eq!(delegation.cases.len(), 1);
    assert_eq!(rule("COND-101").standing, Standing::OfItsRules);
    assert_eq!(rule("MATCH-090").cases.len(), 1);
    assert_eq!(rule("WINV-001").source, "WORLD-052");
}

#[test]
fn references_are_found_and_ranges_written_out() {
    let catalogue = standard();
    let names = |id: &str| -> Vec<&str> {
        catalogue.rule(id).into_iter().flat_map(|rule| &rule.references).map(|id| id.as_str()).collect()
    };
    let principal = names("PRIN-001");
    for number in 2..=13 {
        let name = format!("PRIN-{number:03}");
        assert!(principal.contains(&name.as_str()), "PRIN-001 says 'PRIN-002 to PRIN-013' but lacks {name}");
    }
    assert_eq!(names("WINV-002"), ["WORLD-062", "WORLD-070", "WORLD-074"]);
    assert_eq!(names("GRAM-039"), ["COND-060", "COND-061"]);
    assert_eq!(names("WINV-010"), ["WORLD-003", "WORLD-106"]);
}

#[test]
fn only_what_is_known_of_the_service_accuses() {
    let accusing: Vec<Status> = Status::ALL.into_iter().filter(|status| status.accuses()).collect();
    assert_eq!(accusing, [Status::Documented, Status::CommunityObserved]);
    assert!(!Standing::OfItsRules.accuses());
    assert!(Standing::Own(Status::CommunityObserved).accuses());
}

const GOOD: &str = "# C\n\n---\n\n### AAA-001 One\nRule: r\nSource: s\nStatus: choice\nCases:\n- c\n";

#[test]
fn a_whole_rule_is_accepted() {
    let catalogue = Catalogue::read(&[("good.md", GOOD)]).expect("a good chapter");
    assert_eq!(catalogue.rules.len(), 1);
    assert_eq!(catalogue.rules[0].line, 5);
    assert_eq!(catalogue.rules[0].cases, ["c"]);
}

#[test]
fn a_repeated_name_is_refused() {
    let found = lines_and_problems(
        "# C\n### AAA-001 One\nRule: r\nSource: s\nStatus: choice\nCases: c\n\n\
         ### AAA-001 Two\nRule: r\nSource: s\nStatus: choice\nCases: c\n",
    );
    assert_eq!(found, [(8, "bad.md:8: AAA-001 is already the name of another rule".to_string())]);
    // Also across chapters.
    let errors = Catalogue::read(&[("a.md", GOOD), ("b.md", GOOD)]).expect_err("a repeated name");
    assert_eq!((errors.len(), errors[0].file), (1, "b.md"));
}

#[test]
fn a_missing_member_is_refused() {
    let cases = [
        ("# C\n### AAA-001\nRule: r\nSource: s\nStatus: choice\nCases: c\n", "AAA-001 has no title"),
        ("# C\n### AAA-001 T\nSource: s\nStatus: choice\nCases: c\n", "AAA-001 has no 'Rule:'"),
        ("# C\n### AAA-001 T\nRule: r\nStatus: choice\nCases: c\n", "AAA-001 has no 'Source:'"),
        ("# C\n### AAA-001 T\nRule: r\nSource: s\nCases: c\n", "AAA-001 has no 'Status:'"),
        ("# C\n### AAA-001 T\nRule: r\nSource: s\nStatus: choice\n", "AAA-001 has no 'Cases:'"),
        ("# C\n### AAA-001 T\nRule: r\nSource: s\nStatus: choice\nCases:\n\n", "AAA-001 has no 'Cases:'"),
    ];
    for (text, message) in cases {
        assert_eq!(lines_and_problems(text), [(2, format!("bad.md:2: {message}"))]);
    }
}

#[test]
fn a_repeated_member_and_an_unknown_status_are_refused() {
    let twice = problems("# C\n### AAA-001 T\nRule: r\nRule: q\nSource: s\nStatus: choice\nCases: c\n");
    assert!(matches!(
        twice[..],
        [CatalogueError { line: 4, problem: Problem::Repeated(_, Member::Rule), .. }]
    ));
    for status in ["certain", "documented-ish", "as the rules above"] {
        let text = format!("# C\n### AAA-001 T\nRule: r\nSource: s\nStatus: {status}\nCases: c\n");
        let found = problems(text.leak());
        assert!(
            matches!(&found[..], [CatalogueError { problem: Problem::UnknownStatus(_, text), .. }] if text == status)
        );
    }
}

#[test]
fn a_mention_of_nothing_is_refused() {
    let one = "# C\n### AAA-001 T\nRule: as AAA-002 says\nSource: s\nStatus: choice\nCases: c\n";
    assert_eq!(
        lines_and_problems(one),
        [(2, "bad.md:2: AAA-001 mentions AAA-002, which does not exist".into())]
    );
    let other_family = "# C\n### AAA-001 T\nRule: r\nSource: BBB-001\nStatus: choice\nCases: c\n";
    assert_eq!(problems(other_family).len(), 1);
    let range = "# C\n### AAA-001 T\nRule: AAA-001 to AAA-009\nSource: s\nStatus: choice\nCases: c\n";
    assert_eq!(problems(range).len(), 1);
    let case = "# C\n### AAA-001 T\nRule: r\nSource: s\nStatus: choice\nCases:\n- fine\n- see AAA-003\n";
    assert_eq!(problems(case).len(), 1);
}

#[test]
fn a_chapter_is_a_title_and_rules() {
    let untitled = problems("text\n");
    assert!(matches!(untitled[..], [CatalogueError { line: 1, problem: Problem::NoChapterTitle, .. }]));
    let stray = problems("# C\n### How to read\n---\n### AAA-01 Short\n");
    assert!(
        matches!(&stray[..], [CatalogueError { line: 4, problem: Problem::NotARule(text), .. }] if text == "AAA-01 Short")
    );
}

#[test]
fn filters_narrow_and_combine() {
    let catalogue = standard();
    let ids =
        |filter: Filter| -> Vec<&str> { catalogue.select(&filter).map(|rule| rule.id.as_str()).collect() };
    assert_eq!(ids(Filter::default()).len(), catalogue.rules.len());
    assert_eq!(ids(Filter { chapter: Some(2), ..Filter::default() }).len(), 52);
    assert_eq!(ids(Filter { family: Some("imds".into()), ..Filter::default() }).len(), 36);
    assert_eq!(
        ids(Filter { prefix: Some("eval-07".into()), ..Filter::default() }).first(),
        Some(&"EVAL-070"),
    );
    let observed = Filter {
        family: Some("MATCH".into()),
        status: Some(Status::CommunityObserved),
        word: Some("COMMA".into()),
        ..Filter::default()
    };
    assert_eq!(ids(observed), ["MATCH-017"]);
    assert_eq!(ids(Filter { word: Some("no such phrase".into()), ..Filter::default() }).len(), 0);
}

#[test]
fn a_rule_is_shown_with_its_cases() {
    let catalogue = standard();
    let rule = catalogue.rule("MATCH-014").expect("MATCH-014");
    let shown = rule.render();
    assert!(shown.starts_with("MATCH-014 Star vendor\n\n`*:name` matches"), "{shown}");
    assert!(shown.contains("\nStatus: choice (some implementations"), "{shown}");
    for case in &rule.cases {
        assert!(shown.contains(&format!("\n- {case}\n")), "{shown}");
    }
    let chapter = catalogue.chapter_of(rule).expect("its chapter");
    assert_eq!(chapter.slug(), "02-matching");
}
